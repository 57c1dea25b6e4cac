import semver from "semver";
import { type ImagePolicy, isRefusal, readSemverRange } from "../../config/index.ts";
import { Fault } from "../../model/errors.ts";
import { compareNatural, compareSemver, readSemver, type SemanticVersion } from "../../model/versions.ts";
import type { TagFilter } from "./filter.ts";
import type { Ordering } from "./ordering.ts";

/** What looks like a version without being one: `1.4`, `2024.05.01`, `1.2.3.4`, `1.4-alpine`. */
const dotted = /^v?([0-9]{1,9})\.([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:[._-].*)?$/;
/** Four digits at most: commits and dates are no versions. */
const bare = /^v?([0-9]{1,4})(?:[_-].*)?$/;

/** How pre-releases begin, in contrast to suffixes such as `alpine`. */
const usual = /^(?:[0-9]+|(?:alpha|beta|rc|pre|preview|dev|snapshot|next|canary|nightly|m)[0-9]*)(?:[.-]|$)/i;

/** The highest version in a range. `tags` are all that the registry has. */
export function versionOrdering(
  policy: ImagePolicy,
  filter: TagFilter,
  tags: readonly string[],
): Ordering<SemanticVersion> {
  const text = policy.semver ?? "*";
  const range = readSemverRange(text, policy.prerelease);
  if (isRefusal(range)) throw new Fault("bug", `a policy that was not checked: the range ${range.problem}`);
  const asks = policy.prerelease === true || namesPrerelease(range);
  const placeOf = (tag: string): SemanticVersion | undefined => {
    const captured = filter.anyTextOf(tag);
    return (captured === undefined ? undefined : readSemver(captured)) ?? readSemver(tag);
  };
  const moving = new Map<string, SemanticVersion | undefined>();
  return {
    behind: "is lower than",
    best: `the highest version in \`${text}\``,
    compare: compareSemver,
    explain: textualOrder,
    keyOf: (captured) => {
      const version = readSemver(captured);
      return version !== undefined && (asks || !isPrerelease(version)) && isIn(version, range) ? version : undefined;
    },
    whyNot: (captured, tag) => whyNot({ captured, tag, range, policy, asks }),
    against: ({ key }, { tag }) => {
      const known = placeOf(tag);
      if (known !== undefined) return compareSemver(key, known);
      const least = moving.getOrInsertComputed(tag, () => highestBehind(tag, tags, filter));
      // A moving tag such as 1.4 is at best the highest 1.4.x, which may replace it.
      return least === undefined ? undefined : compareSemver(key, least) >= 0 ? 1 : -1;
    },
  };
}

/** Why one version is behind another although its numbers are higher: numbers beside letters are text. */
function textualOrder(behind: string, ahead: string): string | undefined {
  const [lower, higher] = [readSemver(behind)?.full?.prerelease ?? [], readSemver(ahead)?.full?.prerelease ?? []];
  const at = lower.findIndex((one, index) => one !== higher[index]);
  const [one, other] = [lower[at], higher[at]];
  const isText = typeof one === "string" && typeof other === "string" && /[0-9]/.test(one) && /[0-9]/.test(other);
  if (!isText || compareNatural(one, other) <= 0) return undefined;
  return `by semver \`${one}\` comes before \`${other}\`: identifiers with letters are compared as text. \`regex\` without \`semver\` compares them in natural order, \`capture\` with \`numerical\` by the number`;
}

function isPrerelease({ full }: SemanticVersion): boolean {
  return full !== undefined && full.prerelease.length > 0;
}

/** What `range.test` says; without making an object where the version is only three numbers. */
export function isIn(version: SemanticVersion, range: semver.Range): boolean {
  if (version.full !== undefined) return range.test(version.full);
  return range.set.some((comparators) => comparators.every((comparator) => meets(version, comparator)));
}

function meets(version: SemanticVersion, { operator, semver: bound }: semver.Comparator): boolean {
  // The bound of `*` is a symbol without numbers.
  if (!(bound instanceof semver.SemVer)) return true;
  const { major, minor, patch, prerelease } = bound;
  const numbers = version.major - major || version.minor - minor || version.patch - patch;
  const order = numbers === 0 && prerelease.length > 0 ? 1 : numbers;
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    default:
      return order === 0;
  }
}

function namesPrerelease(range: semver.Range): boolean {
  // Its upper bounds have an invented `-0`, which does not ask for pre-releases.
  return /[0-9]-[0-9A-Za-z]/.test(range.raw);
}

/**
 * The highest version that a tag such as `1.4` or `1.4-alpine` can stand for; `undefined` for a tag that is nothing of
 * the kind, such as `latest` or a commit.
 */
function highestBehind(tag: string, tags: readonly string[], filter: TagFilter): SemanticVersion | undefined {
  const [, major, minor, patch] = dotted.exec(tag) ?? bare.exec(tag) ?? [];
  if (major === undefined) return undefined;
  const least = { major: Number(major), minor: Number(minor ?? 0), patch: Number(patch ?? 0) };
  if (patch !== undefined) return least;
  let highest: SemanticVersion = least;
  for (const one of tags) {
    const text = filter.textOf(one);
    const version = text === undefined ? undefined : readSemver(text);
    if (version === undefined || version.major !== least.major || isPrerelease(version)) continue;
    if (minor !== undefined && version.minor !== least.minor) continue;
    if (compareSemver(version, highest) > 0) highest = version;
  }
  return highest;
}

interface Unwanted {
  readonly captured: string;
  readonly tag: string;
  readonly range: semver.Range;
  readonly policy: ImagePolicy;
  readonly asks: boolean;
}

function whyNot({ captured, tag, range, policy, asks }: Unwanted): string {
  const outside = `is outside \`${policy.semver}\``;
  const named = captured === tag ? tag : `${captured}, captured from ${tag},`;
  const version = readSemver(captured);
  if (version === undefined) return `${named} ${whyNoVersion(captured)}`;
  const { full } = version;
  if (full === undefined || full.prerelease.length === 0) return `${named} ${outside}`;
  const suffix = full.prerelease.join(".");
  if (!asks && !usual.test(suffix)) {
    return `${named} counts as a pre-release because of its suffix \`-${suffix}\`, which \`regex\` and \`capture\` can take off`;
  }
  if (!asks) return `${named} is a pre-release, which the range leaves out`;
  const wide = new semver.Range(range.raw, { includePrerelease: true }).test(full);
  return wide && policy.prerelease !== true
    ? `${named} is a pre-release of another version than those that the range names; \`prerelease: true\` takes all`
    : `${named} ${outside}`;
}

function whyNoVersion(text: string): string {
  if (/^v?[0-9]+(?:\.[0-9]+)?$/.test(text)) return "is no full version and may move";
  if (/^v?[0-9]+(?:\.[0-9]+)?[-_]/.test(text)) return "is no full version: it has no three numbers";
  if (/^v?[0-9]+(?:\.[0-9]+){3,}/.test(text)) return "has more than three numbers, which no semantic version has";
  if (/^v?(?:[0-9]+\.){0,2}0[0-9]/.test(text)) {
    return "has a number with a leading zero, which no semantic version has; `regex` alone compares such tags in natural order";
  }
  return "is no semantic version";
}
