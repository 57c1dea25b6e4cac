import type { Ordering } from "./ordering.ts";

/** The digest of a moving tag: what the tag has now is what is wanted, so nothing is before or after it. */
export function movingOrdering(moving: string): Ordering<true> {
  return {
    behind: "is not",
    best: "the tag that the policy follows",
    compare: () => 0,
    keyOf: (_, tag) => (tag === moving ? true : undefined),
    whyNot: (_, tag) => `${tag} is not the tag that the policy follows, which is ${moving}`,
    against: () => undefined,
  };
}
