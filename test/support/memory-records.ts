import type { Records, StoredRecord } from "../../src/model/records.ts";

/** Records in memory, which forget nothing by themselves. */
export function memoryRecords(): Records {
  const kinds = new Map<string, Map<string, StoredRecord>>();
  const of = (kind: string): Map<string, StoredRecord> => {
    const records = kinds.get(kind) ?? new Map<string, StoredRecord>();
    kinds.set(kind, records);
    return records;
  };
  return {
    put: async (kind, record) => void of(kind).set(record.id, record),
    get: async (kind, id) => of(kind).get(id),
    find: async (kind, { key, limit, before = Number.POSITIVE_INFINITY }) =>
      [...of(kind).values()]
        .filter((record) => record.at < before && (key === undefined || record.keys.includes(key)))
        .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    remove: async (kind, id) => void of(kind).delete(id),
  };
}
