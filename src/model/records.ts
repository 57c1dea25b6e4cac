import type { Json } from "./json.ts";

/** One record. `at` orders them; `keys` are what they are found by. */
export interface StoredRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly keys: readonly string[];
  readonly value: Json;
}

/**
 * Small records beside the queue, in the same store and as durable as it. Everything in it can be made again or be done
 * without: the store may be wiped. Errors: `unavailable` and `timeout` Faults.
 */
export interface Records {
  /** Writes or overwrites the record of this kind and id; it is forgotten `keepMs` later (`undefined`: never). */
  put(kind: string, record: StoredRecord, keepMs?: number): Promise<void>;
  get(kind: string, id: string): Promise<StoredRecord | undefined>;
  /**
   * The records with this key (without one: of the kind), the newest first; of equal age by id. `before`: only older
   * ones.
   */
  find(
    kind: string,
    query: { readonly key?: string; readonly limit: number; readonly before?: number },
  ): Promise<readonly StoredRecord[]>;
  /** One that is gone already is fine. */
  remove(kind: string, id: string): Promise<void>;
}
