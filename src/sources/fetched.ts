import type { NewEntry } from "../model/object-store.ts";

/** A source as it is now, before it is brought. */
export interface Resolved {
  /** The commit, the digest or the version. */
  readonly revision: string;
  readonly version?: string | undefined;
  readonly moving: boolean;
  /** Brings it; the id of its tree. */
  bring(signal: AbortSignal): Promise<Brought>;
}

/** What was brought. */
export interface Brought {
  readonly tree: string;
  readonly notes?: readonly string[];
}

/** Writes entries as a tree. */
export type WriteTree = (entries: readonly NewEntry[], signal: AbortSignal) => Promise<string>;
