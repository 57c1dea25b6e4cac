import { compareSemver, readSemver, type SemanticVersion } from "../model/versions.ts";

/** Whether a version is in a range. */
export type VersionRange = (version: SemanticVersion) => boolean;

interface Comparator {
  readonly operator: string;
  readonly version: SemanticVersion;
  /** How many of its parts are given: 0 for `*`, 3 for `1.2.3`. */
  readonly parts: number;
}

const number = "[0-9]+|[xX*]";
const version = String.raw`v?(${number})(?:\.(${number}))?(?:\.(${number}))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?`;
const operators = String.raw`!=|>=|=>|<=|=<|~>|=|>|<|~|\^|`;
const one = new RegExp(String.raw`(${operators})\s*${version}`, "gy");
const hyphen = /(\S+)\s+-\s+(\S+)/g;
/** Longer than any range that people write. */
const longest = 500;

/**
 * Reads a range as Helm, Flux and Argo CD read one (Masterminds/semver 3): a pre-release is in it only where the range
 * itself names one. `undefined` for what is no range.
 */
export function readRange(text: string): VersionRange | undefined {
  if (text.length > longest) return undefined;
  const groups = text
    .replaceAll(hyphen, ">=$1, <=$2")
    .split("||")
    .map((group) => readGroup(group));
  const read = groups.filter((group) => group !== undefined);
  if (read.length !== groups.length) return undefined;
  return (candidate) => read.some((group) => group.every((comparator) => isIn(candidate, comparator, group)));
}

function readGroup(text: string): readonly Comparator[] | undefined {
  const found: Comparator[] = [];
  const source = text.trim();
  if (source === "") return [comparatorOf("", undefined, undefined, undefined, undefined)];
  let at = 0;
  while (at < source.length) {
    one.lastIndex = at;
    const match = one.exec(source);
    if (match === null) return undefined;
    found.push(comparatorOf(match[1] ?? "", match[2], match[3], match[4], match[5]));
    const rest = /^(?:\s*,\s*|\s+)/.exec(source.slice(one.lastIndex));
    at = one.lastIndex + (rest?.[0].length ?? 0);
    if (rest === null && at < source.length) return undefined;
  }
  return found;
}

function comparatorOf(
  operator: string,
  major: string | undefined,
  minor: string | undefined,
  patch: string | undefined,
  pre: string | undefined,
): Comparator {
  const given = [major, minor, patch];
  const any = given.findIndex((part) => part === undefined || /^[xX*]$/.test(part));
  const parts = any < 0 ? 3 : any;
  const numbers = given.map((part, index) => (index < parts ? String(BigInt(part ?? "0")) : "0")).join(".");
  const parsed = readSemver(pre === undefined ? numbers : `${numbers}-${pre}`);
  return { operator, version: parsed ?? { major: Number.MAX_SAFE_INTEGER, minor: 0, patch: 0 }, parts };
}

function isIn(candidate: SemanticVersion, comparator: Comparator, group: readonly Comparator[]): boolean {
  const wantsPre = group.some((each) => isPrerelease(each.version));
  if (isPrerelease(candidate) && !wantsPre) return false;
  const { operator, version: bound, parts } = comparator;
  const order = compare(candidate, bound);
  switch (operator) {
    case "!=":
      return parts === 3 ? order !== 0 : !isSame(candidate, bound, parts);
    case ">":
      return parts === 3 ? order > 0 : order > 0 && !isSame(candidate, bound, Math.max(parts, 1));
    case ">=":
    case "=>":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
    case "=<":
      return parts === 3 ? order <= 0 : order <= 0 || isSame(candidate, bound, Math.max(parts, 1));
    case "^":
      return order >= 0 && isCompatible(candidate, bound, parts);
    case "~":
    case "~>":
      return isClose(candidate, bound, parts, order);
    default:
      return parts === 3 ? order === 0 : isClose(candidate, bound, parts, order);
  }
}

function isPrerelease({ full }: SemanticVersion): boolean {
  return (full?.prerelease.length ?? 0) > 0;
}

/** Whether the parts that are given are the same: all versions are where none is. */
function isSame(candidate: SemanticVersion, bound: SemanticVersion, parts: number): boolean {
  return parts === 0 || (candidate.major === bound.major && (parts === 1 || candidate.minor === bound.minor));
}

function isClose(candidate: SemanticVersion, bound: SemanticVersion, parts: number, order: number): boolean {
  if (order < 0) return false;
  if (parts === 0 || (parts === 3 && bound.major === 0 && bound.minor === 0 && bound.patch === 0)) return true;
  return candidate.major === bound.major && (parts === 1 || candidate.minor === bound.minor);
}

function isCompatible(candidate: SemanticVersion, bound: SemanticVersion, parts: number): boolean {
  if (parts === 0) return true;
  if (candidate.major !== bound.major) return false;
  if (bound.major > 0 || parts === 1) return true;
  if (candidate.minor !== bound.minor) return false;
  return bound.minor > 0 || parts === 2 || candidate.patch === bound.patch;
}

/** Precedence without build metadata. */
function compare(a: SemanticVersion, b: SemanticVersion): number {
  return compareSemver(withoutBuild(a), withoutBuild(b));
}

function withoutBuild(version: SemanticVersion): SemanticVersion {
  if (version.full === undefined || version.full.build.length === 0) return version;
  return readSemver(version.full.format()) ?? version;
}

/**
 * Of texts that are versions, the one that Helm takes for `wanted`: the very text, else the highest in the range; `""`
 * is the newest that is no pre-release.
 */
export function chooseVersion(versions: readonly string[], wanted: string): string | undefined {
  if (wanted !== "" && versions.includes(wanted)) return wanted;
  const range = readRange(wanted === "" ? "*" : wanted);
  if (range === undefined) return undefined;
  const candidates = versions.flatMap((text) => {
    const parsed = readSemver(text);
    return parsed !== undefined && range(parsed) ? [{ text, parsed }] : [];
  });
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, next) => (best === undefined || compareSemver(next.parsed, best.parsed) > 0 ? next : best),
    undefined,
  )?.text;
}

/** Whether the text names one version and no range. */
export function isExactVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:[+_][0-9A-Za-z.-]+)?$/.test(text);
}
