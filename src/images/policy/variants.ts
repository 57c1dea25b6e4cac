const commit = /^g?[0-9a-f]{7,64}$/;
const prerelease = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|next|canary|nightly|m|a|b)[0-9]*$/;
/** What is left of `20260101T101500Z` without its date. */
const time = /^(?:t[0-9]*)?z?$/;
const begins = /^v?[0-9]/;

/**
 * Which build of an image a tag names besides its version: `alpine` of `1.4.0-alpine3.22`, `migrate` of
 * `1.4.0-migrate`, `main` of `main-0a1b2c3-17`, empty for `1.4.0-rc.1` and for commits. Two tags of one variant replace
 * each other, a plain image and its debug build do not.
 */
export function variantOf(tag: string): string {
  const isVersion = begins.test(tag);
  const words = tag
    .toLowerCase()
    .split(/[-_.+]/)
    .flatMap((token) => {
      if (commit.test(token)) return [];
      const word = token.replace(/^v?[0-9]+/, "");
      const isPart = time.test(word) || (isVersion && prerelease.test(word));
      return isPart ? [] : [word.replace(/[0-9]+$/, "")];
    });
  return words.join("-");
}

/** The end of a version's tag that names its variant: `-migrate` of `1.4.0-migrate`; empty where there is none. */
export function suffixOf(tag: string): string {
  const [first = ""] = variantOf(tag).split("-");
  const at = tag.toLowerCase().indexOf(first);
  return at <= 0 ? "" : tag.slice(at - 1);
}

/** A tag with its numbers taken out: tags of one shape can be compared even when a policy knows only one of them. */
export function shapeOf(tag: string): string {
  return tag.replaceAll(/[0-9]+/g, "0");
}
