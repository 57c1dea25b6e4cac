import type { ImagePolicy } from "../../config/index.ts";
import { byText } from "../../model/paths.ts";
import { compareDigits, compareNatural } from "../../model/versions.ts";
import type { TagFilter } from "./filter.ts";
import type { Ordering } from "./ordering.ts";
import { shapeOf } from "./variants.ts";

type Compare = (a: string, b: string) => number;

/** The orders whose places are texts: numbers, the alphabet and natural order. */
export function textOrdering(policy: ImagePolicy, filter: TagFilter): Ordering<string> {
  const { numerical, alphabetical } = policy;
  if (numerical !== undefined) {
    const [behind, best] =
      numerical === "asc"
        ? ["is a lower number than", "the highest number"]
        : ["is a higher number than", "the lowest number"];
    return orderingOf(filter, {
      compare: inOrder(compareDigits, numerical),
      natural: inOrder(compareNatural, numerical),
      behind,
      best,
      numbers: true,
    });
  }
  if (alphabetical !== undefined) {
    const [behind, best] =
      alphabetical === "asc"
        ? ["comes before", "the last in the alphabet"]
        : ["comes after", "the first in the alphabet"];
    const compare = inOrder(byText, alphabetical);
    return orderingOf(filter, {
      compare,
      natural: inOrder(compareNatural, alphabetical),
      behind,
      best,
      numbers: false,
    });
  }
  const best = `the last in natural order of those that match \`${policy.regex}\``;
  return orderingOf(filter, {
    compare: compareNatural,
    natural: compareNatural,
    behind: "comes before",
    best,
    numbers: false,
  });
}

function inOrder(compare: Compare, order: "asc" | "desc"): Compare {
  return order === "asc" ? compare : (a, b) => compare(b, a);
}

interface Kind {
  readonly compare: Compare;
  readonly natural: Compare;
  readonly behind: string;
  readonly best: string;
  /** Whether only whole numbers have a place. */
  readonly numbers: boolean;
}

/**
 * A version at a target that the policy does not know has a place only among tags of the same shape, such as `2.0.0`
 * next to `1.4.0`; there is no telling whether `latest` or `nightly-3` is older than `main-17`.
 */
function orderingOf(filter: TagFilter, { compare, natural, behind, best, numbers }: Kind): Ordering<string> {
  const keyOf = (text: string): string | undefined => (numbers && !/^[0-9]+$/.test(text) ? undefined : text);
  return {
    behind,
    best,
    compare,
    keyOf,
    whyNot: (text, tag) => `${text === tag ? tag : `${text}, captured from ${tag},`} is no whole number`,
    against: ({ tag, key }, version) => {
      const text = filter.anyTextOf(version.tag);
      const known = text === undefined ? undefined : keyOf(text);
      if (known !== undefined) return compare(key, known);
      return shapeOf(tag) === shapeOf(version.tag) ? natural(tag, version.tag) : undefined;
    },
  };
}
