import type { Version } from "./types.ts";

/** A tag that has a place in the order of a policy. */
export interface Placed<K> {
  readonly tag: string;
  readonly key: K;
}

/** A version at a target. `builtAt` is known only where the policy needs it: milliseconds since the epoch. */
export interface Place extends Version {
  /** The tag that is written beside the digest, where the digest is that of another one. */
  readonly written?: string;
  readonly builtAt?: number;
}

/** How a policy orders tags. */
export interface Ordering<K> {
  /** The place of what the filter compares of a tag; `undefined` when the policy takes no such tag. */
  keyOf(text: string, tag: string): K | undefined;
  /** Positive when `a` is the better. */
  compare(a: K, b: K): number;
  /** Why a tag has no place, in a sentence. */
  whyNot(text: string, tag: string): string;
  /**
   * Compares a candidate with what a target has: positive when it is better, 0 when it is the same, `undefined` when
   * that cannot be known.
   */
  against(candidate: Placed<K>, version: Place): number | undefined;
  /** Why a tag is behind another one, where people may expect it the other way round. */
  explain?(behind: string, ahead: string): string | undefined;
  /** What a worse tag is to a better one: "is lower than". */
  readonly behind: string;
  /** What the chosen one is: "the highest version in `^1.0`". */
  readonly best: string;
}

/** Every tag of a registry under one policy. */
export interface Ranking<K> {
  readonly ordering: Ordering<K>;
  /** The tags that the policy takes, the best first. */
  readonly placed: readonly Placed<K>[];
  /** The others, in no order. */
  readonly out: readonly string[];
  /** Why a tag is not among `placed`, in a sentence; `undefined` when it is. */
  whyNot(tag: string): string | undefined;
}
