import { compareNatural } from "../../model/versions.ts";
import { type Asker, builtAt } from "./facts.ts";
import type { TagFilter } from "./filter.ts";
import { firstOf } from "./first-of.ts";
import type { Ordering } from "./ordering.ts";

const maxAtOnce = 8;

/** When the images of tags were built. */
export interface Builds {
  /** Milliseconds since the epoch; `undefined` for an image that does not exist or has no build time. */
  readonly times: ReadonlyMap<string, number | undefined>;
  readonly limit: number;
}

interface BuildsInput {
  readonly tags: readonly string[];
  readonly pushed: readonly string[];
  readonly limit: number;
  readonly now: number;
}

/** Asks for no more than `limit` of the tags: those that events named, then the last in natural order. */
export async function buildsOf(ask: Asker, { tags, pushed, limit, now }: BuildsInput): Promise<Builds> {
  const named = new Set(pushed);
  const first = firstOf(tags, limit, (a, b) => Number(named.has(b)) - Number(named.has(a)) || compareNatural(b, a));
  const times = new Map<string, number | undefined>();
  for (let from = 0; from < first.length; from += maxAtOnce) {
    const some = first.slice(from, from + maxAtOnce);
    const facts = await Promise.all(some.map((tag) => ask(tag)));
    for (const [index, tag] of some.entries()) times.set(tag, builtAt(facts[index], now));
  }
  return { times, limit };
}

/** The image that was built last. */
export function buildOrdering({ times, limit }: Builds, filter: TagFilter): Ordering<number> {
  return {
    behind: "was not built after",
    best: "the image that was built last",
    compare: (a, b) => a - b,
    keyOf: (_, tag) => times.get(tag),
    whyNot: (_, tag) =>
      times.has(tag)
        ? `the build time of ${tag} is not known, or is in the future`
        : `${tag} was not asked for: more than ${limit} tags match; narrow them with \`regex\``,
    against: ({ key }, { tag, builtAt: known }) => {
      if (known === undefined) return undefined;
      // The same build under a name that the policy does not take, such as latest.
      const renamed = key === known && tag !== "" && filter.anyTextOf(tag) === undefined;
      return renamed ? 1 : key - known;
    },
  };
}
