import { compareNatural } from "../../model/versions.ts";
import type { TagFilter } from "./filter.ts";
import type { Ordering, Placed, Ranking } from "./ordering.ts";
import type { CurrentVersion } from "./types.ts";

/**
 * Sorts tags by a policy without asking the registry. `listed`: whether they are all that the registry has, so that
 * others are not there. Of tags that are equal by its order, one with a `v` comes first where all targets have one; the
 * rest is natural order.
 */
export function rank<K>(
  ordering: Ordering<K>,
  filter: TagFilter,
  tags: readonly string[],
  { current, listed }: { readonly current: readonly CurrentVersion[]; readonly listed: boolean },
): Ranking<K> {
  const placed: Placed<K>[] = [];
  const out: string[] = [];
  for (const tag of tags) {
    const text = filter.textOf(tag);
    const key = text === undefined ? undefined : ordering.keyOf(text, tag);
    if (key === undefined) out.push(tag);
    else placed.push({ tag, key });
  }
  const wantsV = current.length > 0 && current.every(({ tag }) => tag.startsWith("v"));
  const likeTargets = ({ tag }: Placed<K>): number => (tag.startsWith("v") === wantsV ? 0 : 1);
  placed.sort(
    (a, b) => ordering.compare(b.key, a.key) || likeTargets(a) - likeTargets(b) || compareNatural(b.tag, a.tag),
  );
  const known = new Set(tags);
  return {
    ordering,
    placed,
    out,
    whyNot: (tag) => {
      const text = filter.textOf(tag);
      if (text === undefined) return filter.whyNot(tag);
      if (listed && !known.has(tag)) return `${tag} is not listed by the registry`;
      return ordering.keyOf(text, tag) === undefined ? ordering.whyNot(text, tag) : undefined;
    },
  };
}
