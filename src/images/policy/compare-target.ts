import type { ImageFacts } from "../../model/registry.ts";
import { builtAt } from "./facts.ts";
import type { Ordering, Place, Placed } from "./ordering.ts";
import type { CurrentVersion, Kept, PolicyInput, Version } from "./types.ts";

/** What a target has, with its place in the policy's order. */
export interface Located {
  readonly current: CurrentVersion;
  readonly place: Place;
  readonly held?: Place;
  /** Why this use does not get what others of its target get. */
  readonly kept?: (candidate: string) => Kept | undefined;
  /** What makes two targets at one version different for the policy. */
  readonly among?: string;
}

/** Whether a target moves to a candidate; without facts: whether it may. */
export interface Comparison {
  readonly moves: boolean;
  /** See `TargetDecision`. */
  readonly kept?: Kept;
  /** Why, without a full stop. Computed on demand: most comparisons are never shown. */
  why(): string;
}

/** What is known of a candidate apart from its place. */
export interface Known {
  readonly facts: ImageFacts | undefined;
  readonly pin: PolicyInput["pin"];
  readonly now: number;
}

/**
 * Whether a target moves to a candidate. Never backwards: only to what is better by the policy's order, or from what
 * has no place in it. Never to what was rolled back, or to what is older.
 */
export function compareTarget<K>(
  ordering: Ordering<K>,
  candidate: Placed<K>,
  located: Located,
  known: Known,
): Comparison {
  const held = rolledBack(ordering, candidate, located, known);
  if (held !== undefined) return { moves: false, why: held };
  return (
    sameVersion(candidate, located, known) ??
    staying(candidate, located) ??
    byOrder(ordering, candidate, located, known)
  );
}

function rolledBack<K>(
  ordering: Ordering<K>,
  candidate: Placed<K>,
  { held }: Located,
  { facts, now }: Known,
): (() => string) | undefined {
  if (held === undefined) return undefined;
  const order = ordering.against(candidate, held);
  const sameTag = held.tag !== "" && held.tag === candidate.tag;
  if (held.digest === facts?.digest || (sameTag && (order === 0 || held.digest === ""))) {
    return () => `${candidate.tag} was rolled back here and stays away until there is a newer one`;
  }
  if (order === undefined ? !isOlderBuild(facts, held, now) : order > 0) return undefined;
  return () => `${candidate.tag} is not newer than ${versionText(held)}, which was rolled back here`;
}

function isOlderBuild(facts: ImageFacts | undefined, { builtAt: known }: Place, now: number): boolean {
  const built = builtAt(facts, now);
  return built !== undefined && known !== undefined && built < known;
}

/** The comparison when both are one version; `undefined` when they are not. */
function sameVersion<K>(
  { tag }: Placed<K>,
  { current, place }: Located,
  { facts, pin }: Known,
): Comparison | undefined {
  const sameDigest = facts !== undefined && facts.digest === current.digest;
  if (pin === "digest" && sameDigest) return { moves: false, why: () => `it has the digest of ${tag} already` };
  if (tag !== place.tag) return undefined;
  if (pin === "tag" || sameDigest) return { moves: false, why: () => `it has ${tag} already` };
  return {
    moves: true,
    why: () => (current.digest === "" ? `${tag} is pinned by its digest` : `${tag} has another digest now`),
  };
}

/** A use that the policy does not speak of. */
function staying<K>({ tag }: Placed<K>, { current, kept }: Located): Comparison | undefined {
  const one = kept?.(tag);
  return one && { moves: false, kept: one, why: () => `${tag} is not for ${versionText(current)}: ${one.why}` };
}

function byOrder<K>(
  ordering: Ordering<K>,
  candidate: Placed<K>,
  { current, place }: Located,
  { facts, now }: Known,
): Comparison {
  const order = ordering.against(candidate, place);
  if (order === undefined && isOlderBuild(facts, place, now)) {
    return {
      moves: false,
      why: () => `${candidate.tag} was built before ${versionText(current)}, and nothing goes backwards`,
    };
  }
  if (order === undefined) {
    return {
      moves: true,
      why: () => `${versionText(current)} has no place in the policy's order and gives way to ${candidate.tag}`,
    };
  }
  if (order > 0) return { moves: true, why: () => `${versionText(current)} ${ordering.behind} ${candidate.tag}` };
  return {
    moves: false,
    ...(order < 0 && { kept: { kind: "newer", why: "nothing goes backwards" } as const }),
    why: () =>
      `${candidate.tag} ${order === 0 ? "is the same version as" : ordering.behind} ${presentText(current, place)}, and nothing goes backwards${whyBehind(ordering, candidate, place)}`,
  };
}

/** What a target has, where its digest is another tag's than the one that is written. */
function presentText(current: Version, { tag, written }: Place): string {
  return written === undefined ? versionText(current) : `${tag}, which the digest beside ${written} is`;
}

function whyBehind<K>({ explain }: Ordering<K>, { tag }: Placed<K>, place: Place): string {
  const text = explain?.(tag, place.tag);
  return text === undefined ? "" : `: ${text}`;
}

/** A version for people: the tag, else the beginning of the digest. */
export function versionText({ tag, digest }: Version): string {
  if (tag !== "") return tag;
  return digest === "" ? "an image without a tag" : digest.slice(0, "sha256:".length + 12);
}
