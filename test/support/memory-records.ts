import type { Clock } from "../../src/model/observe.ts";
import type { Records } from "../../src/model/records.ts";
import type { KeptRecord, RecordStore } from "../../src/queue/records/record-store.ts";
import { StoredRecords } from "../../src/queue/records/stored-records.ts";

/** So that nobody's deadline is missed on a busy machine. */
const patientMs = 600_000;

/** Records in memory, which are forgotten by the clock given, else never. */
export function memoryRecords(clock: Clock = () => 0): Records {
  const store = memoryStore();
  const stored = new StoredRecords(async () => store, clock, patientMs);
  return {
    put: (...args) => stored.put(...args),
    get: (...args) => stored.get(...args),
    find: (...args) => stored.find(...args),
    remove: (...args) => stored.remove(...args),
  };
}

function memoryStore(): RecordStore {
  const kinds = new Map<string, Map<string, KeptRecord>>();
  const of = (kind: string): Map<string, KeptRecord> => {
    const records = kinds.get(kind) ?? new Map<string, KeptRecord>();
    kinds.set(kind, records);
    return records;
  };
  const live = (record: KeptRecord, now: number) => record.expires === undefined || record.expires > now;
  return {
    put: async (record) => void of(record.kind).set(record.id, record),
    get: async (kind, id, now) => {
      const found = of(kind).get(id);
      return found && live(found, now) ? found.text : undefined;
    },
    find: async ({ kind, key, before, limit }, now) =>
      [...of(kind).values()]
        .filter((record) => record.at < before && (key === undefined || record.keys.includes(key)) && live(record, now))
        .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(({ text }) => text),
    remove: async (kind, id) => void of(kind).delete(id),
  };
}
