import type { ObjectReader } from "./tree.ts";

/** What stands at a path of a tree that is written: a file, or a tree that the store has. */
export type NewEntry =
  | { readonly path: string; readonly bytes: Uint8Array; readonly executable: boolean }
  | { readonly path: string; readonly tree: string };

/** One commit to fetch. */
export interface CommitFetch {
  /** Where from, without credentials. No redirect is followed. */
  readonly url: URL;
  /** The full id of the commit, or of a tag of it. */
  readonly commit: string;
  /** The `Authorization` for this host and no other. */
  readonly authorization?: string | undefined;
  /** The IP addresses that may be connected to. */
  readonly addresses: readonly string[];
  /** PEM file of the only authorities that are trusted; the system's when absent. */
  readonly caFile?: string | undefined;
  readonly maxBytes: number;
  readonly deadlineMs: number;
}

/**
 * Git objects of trees that come from elsewhere, in one repository on this machine's disk that any number of processes
 * may share.
 */
export interface ObjectStore {
  readonly objects: ObjectReader;
  /** Whether the tree is there. */
  has(tree: string): Promise<boolean>;
  /** Writes the entries over `onto`, a tree that the store has (default: an empty one), and gives the new tree's id. */
  write(entries: readonly NewEntry[], signal: AbortSignal, onto?: string): Promise<string>;
  /**
   * Brings a commit without its history and gives its tree's id. Throws `permission`, `not-found` and `limit`
   * UserErrors, and Faults for what the network did.
   */
  bring(request: CommitFetch, signal: AbortSignal): Promise<string>;
  /** How long what nobody retains stays, in milliseconds. */
  readonly graceMs: number;
  /** Bytes on disk. */
  size(): Promise<number>;
  /** Lets go of all trees but these, and but those that were written less than `graceMs` ago. */
  retain(trees: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /** Runs work while no other process runs work of this name. */
  exclusively<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
