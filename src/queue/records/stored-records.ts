import { createHash } from "node:crypto";
import { z } from "zod";
import { Fault, messageOf } from "../../model/errors.ts";
import type { Json } from "../../model/json.ts";
import type { Clock } from "../../model/observe.ts";
import type { Records, StoredRecord } from "../../model/records.ts";
import { within } from "../deadline.ts";
import type { RecordStore } from "./record-store.ts";

type Query = Parameters<Records["find"]>[1];

/** Names longer than this are kept as their digest: PostgreSQL refuses index entries above 2,700 bytes. */
const longestName = 400;
/** In characters of JSON. */
const largestRecord = 1_000_000;
const maxFound = 1_000;

const json: z.ZodType<Json> = z.json();
const recordSchema = z.object({ id: z.string(), at: z.number(), keys: z.array(z.string()), value: json });

/** The port over a store: gives every call a deadline and every failure a kind. */
export class StoredRecords implements Records {
  readonly #open: () => Promise<RecordStore>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(open: () => Promise<RecordStore>, clock: Clock, timeoutMs: number) {
    this.#open = open;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async put(kind: string, record: StoredRecord, keepMs?: number): Promise<void> {
    const text = textOf(kind, record);
    const now = this.#clock();
    const expires = keepMs === undefined ? undefined : Math.ceil(now + keepMs);
    const keys = [...new Set(record.keys.map(nameOf))];
    const kept = { kind: nameOf(kind), id: nameOf(record.id), at: record.at, keys, text, expires };
    await this.#ask("write", (store) => store.put(kept, now));
  }

  async get(kind: string, id: string): Promise<StoredRecord | undefined> {
    const text = await this.#ask("read", (store) => store.get(nameOf(kind), nameOf(id), this.#clock()));
    return text === undefined ? undefined : recordOf(text);
  }

  async find(kind: string, { key, limit, before }: Query): Promise<readonly StoredRecord[]> {
    const max = Math.min(Math.floor(limit), maxFound);
    if (!(max > 0)) return [];
    const query = {
      kind: nameOf(kind),
      key: key === undefined ? undefined : nameOf(key),
      before: Math.ceil(Math.min(before ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
      limit: max,
    };
    const texts = await this.#ask("search", (store) => store.find(query, this.#clock()));
    return texts.map(recordOf);
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.#ask("forget", (store) => store.remove(nameOf(kind), nameOf(id)));
  }

  async #ask<T>(what: string, call: (store: RecordStore) => Promise<T>): Promise<T> {
    const late = () => new Fault("timeout", `the store did not ${what} records in ${this.#timeoutMs} ms`);
    try {
      return await within(this.#timeoutMs, this.#open().then(call), late);
    } catch (error) {
      if (error instanceof Fault && error.kind === "timeout") throw error;
      throw new Fault("unavailable", `the store did not ${what} records: ${messageOf(error)}`, { cause: error });
    }
  }
}

function textOf(kind: string, { id, at, keys, value }: StoredRecord): string {
  if (!Number.isSafeInteger(at)) throw new Fault("bug", `${at} is no time of a ${kind} record`);
  const text = JSON.stringify({ id, at, keys, value });
  if (text.length > largestRecord) {
    throw new Fault("bug", `a ${kind} record of ${text.length} characters is too large`, { fields: { id } });
  }
  return text;
}

/**
 * Without line feeds, NULs and halves of surrogate pairs, which some stores refuse. Distinct texts give distinct names.
 */
function nameOf(text: string): string {
  const name = JSON.stringify(text).slice(1, -1);
  return name.length <= longestName ? name : `"sha256:${createHash("sha256").update(name).digest("hex")}`;
}

function recordOf(text: string): StoredRecord {
  const parsed = recordSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Fault("bug", "what is stored among the records is no record", { cause: parsed.error });
  return parsed.data;
}
