import type { ImagePolicy } from "../../config/index.ts";
import type { Located } from "./compare-target.ts";
import { type TagFilter, tagFilter } from "./filter.ts";
import type { Ordering, Placed } from "./ordering.ts";
import type { Kept, TargetDecision, Version } from "./types.ts";
import { shapeOf, suffixOf, variantOf } from "./variants.ts";

/** What says which uses of an image in one target a policy speaks of. */
export interface Speaking<K> {
  readonly ordering: Ordering<K>;
  readonly filter: TagFilter;
  readonly policy: ImagePolicy;
}

/**
 * Why one of a target's uses does not get a candidate that others of the target get: its tag has no place in the
 * policy's order, or is another variant. A use that is the only one of the target moves wherever it stands, unless
 * another entry of the configuration speaks of the same image there (`others`).
 */
export function keptBack<K>(
  speaking: Speaking<K>,
  candidate: Placed<K>,
  located: Located,
  group: readonly Located[],
): Kept | undefined {
  const isComparable = (one: Located): boolean => whyOut(speaking, candidate, one) === undefined;
  const variant = variantOf(candidate.tag);
  const comparable = group.filter(isComparable);
  const alike = comparable.filter(({ place }) => place.tag === "" || variantOf(place.tag) === variant);
  const isIn = (some: readonly Located[]): boolean => some.some(({ place }) => place === located.place);
  if (isIn(alike)) return undefined;
  const claimed = (located.current.others ?? []).some((policy) => namesTag(policy, located.place.tag));
  const why = claimed
    ? ({ kind: "entry", why: "another entry of the image speaks of it" } as const)
    : (whyOut(speaking, candidate, located) ?? otherVariant(located.place.tag, candidate.tag));
  if (alike.length > 0 || (located.current.others ?? []).length > 0) return why;
  // The only use of a target moves wherever it stands.
  const left = comparable.length > 0 ? comparable : group;
  const kinds = new Set(left.map(({ place }) => (comparable.length > 0 ? variantOf(place.tag) : place.tag)));
  return isIn(left) && kinds.size === 1 ? undefined : why;
}

/** Whether an entry says of which tags it speaks, and this is one. */
function namesTag(policy: ImagePolicy, tag: string): boolean {
  if (policy.digest !== undefined) return policy.digest === tag;
  return policy.regex !== undefined && tagFilter(policy).textOf(tag) !== undefined;
}

/** Why the policy does not compare a use with the candidate; `undefined` when it does. */
function whyOut<K>(
  { ordering, filter, policy }: Speaking<K>,
  candidate: Placed<K>,
  { place }: Located,
): Kept | undefined {
  const { tag } = place;
  if (policy.digest !== undefined) {
    return tag === "" || tag === policy.digest
      ? undefined
      : { kind: "tag", why: `the entry follows the tag ${policy.digest}` };
  }
  const compared = filter.textOf(tag) !== undefined;
  const ignored = !compared && filter.anyTextOf(tag) !== undefined;
  if (ignored) return { kind: "ignored", why: itText(tag, filter.whyNot(tag)) };
  if (!compared && tag !== "" && policy.regex !== undefined && shapeOf(tag) !== shapeOf(candidate.tag)) {
    return { kind: "regex", why: itText(tag, filter.whyNot(tag)) };
  }
  if (ordering.against(candidate, place) === undefined) return { kind: "order", why: "that tag has no order" };
  return undefined;
}

/**
 * What becomes of a target's versions where a tag is set whatever a policy says: where it has the tag's variant, the
 * others stay.
 */
export function variantDecisions(tag: string, versions: readonly Version[]): readonly Omit<TargetDecision, "target">[] {
  const isAlike = (one: Version): boolean => one.tag === "" || variantOf(one.tag) === variantOf(tag);
  const some = versions.some(isAlike);
  return versions.map((from) =>
    !some || isAlike(from)
      ? { from, moves: true, reason: `${tag} was asked for` }
      : { from, moves: false, reason: `it is another variant than ${tag}`, kept: otherVariant(from.tag, tag) },
  );
}

/** A sentence about a tag as a part of one that names the tag already. */
export function itText(tag: string, sentence: string): string {
  return sentence.startsWith(`${tag} `) ? `it${sentence.slice(tag.length)}` : sentence;
}

function otherVariant(tag: string, candidate: string): Kept {
  const suffix = suffixOf(tag);
  if (suffix === "") return { kind: "variant", why: `it is another variant than ${candidate}` };
  const name = suffix.replace(/[0-9.]+$/, "");
  const expression = `^.*${name.replaceAll(".", "\\.")}${name === suffix ? "$" : ""}`;
  return {
    kind: "variant",
    why: `the tag has a suffix that ${candidate} lacks`,
    fix: `To update it, add an entry with \`regex: "${expression}"\`.`,
  };
}
