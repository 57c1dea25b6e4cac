/** A record as a store keeps it: names that every store takes, and one line of text. */
export interface KeptRecord {
  readonly kind: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly keys: readonly string[];
  /** No line feed in it. */
  readonly text: string;
  /** Milliseconds since the epoch; `undefined`: kept for ever. */
  readonly expires: number | undefined;
}

/** What is asked for: the newest first, of equal age by id, byte by byte. */
export interface KeptQuery {
  readonly kind: string;
  /** Without one: all of the kind. */
  readonly key: string | undefined;
  /** Only older ones, in milliseconds since the epoch. */
  readonly before: number;
  readonly limit: number;
}

/**
 * What one store does for `Records`. `now`, in milliseconds since the epoch, decides what is forgotten; forgotten
 * records are given by no call, and every `put` removes some of them. Each call is atomic. Calls may hang, and reject
 * with the client's own errors.
 */
export interface RecordStore {
  put(record: KeptRecord, now: number): Promise<void>;
  get(kind: string, id: string, now: number): Promise<string | undefined>;
  find(query: KeptQuery, now: number): Promise<readonly string[]>;
  remove(kind: string, id: string): Promise<void>;
}
