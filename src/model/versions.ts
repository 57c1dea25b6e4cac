import semver from "semver";
import { byText } from "./paths.ts";

/** A semantic version. `full` is there when it has a pre-release or build metadata. */
export interface SemanticVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly full?: semver.SemVer;
}

const plain = /^v?(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})$/;

/**
 * Reads a full semantic version, with or without `v`. A `_` stands for the `+` that tags cannot have, as Helm writes
 * it.
 */
export function readSemver(text: string): SemanticVersion | undefined {
  const match = plain.exec(text);
  if (match !== null) return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
  const full = semver.parse(text.includes("+") ? text : text.replace("_", "+"));
  if (full === null) return undefined;
  const { major, minor, patch } = full;
  return { major, minor, patch, full };
}

/**
 * Semantic Versioning's precedence, and between equal ones that of their build metadata: positive when `a` is the
 * higher.
 */
export function compareSemver(a: SemanticVersion, b: SemanticVersion): number {
  const order = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (order !== 0 || (a.full === undefined && b.full === undefined)) return order;
  return (
    comparePrereleases(a.full?.prerelease ?? [], b.full?.prerelease ?? []) ||
    compareIdentifiers(a.full?.build ?? [], b.full?.build ?? [])
  );
}

type Identifiers = readonly (string | number)[];

/** A version without a pre-release comes after those with one. */
function comparePrereleases(a: Identifiers, b: Identifiers): number {
  return a.length === 0 || b.length === 0 ? b.length - a.length : compareIdentifiers(a, b);
}

/**
 * Numbers before texts, numbers by value, texts by their codes; the longer list comes after the one that it begins
 * with.
 */
function compareIdentifiers(a: Identifiers, b: Identifiers): number {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const [one = "", other = ""] = [a[index], b[index]];
    if (one === other) continue;
    if (typeof one === "number" && typeof other === "number") return one - other;
    const order = semver.compareIdentifiers(String(one), String(other));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/**
 * How one version stands to another, where their text says so: both are numbers with dots (`v1.2.3`, `1.2.3-rc.1`,
 * `20260102`).
 */
export type Order = "older" | "newer" | "same" | "unknown";

const dotted = /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * Orders two versions as Semantic Versioning does, also with fewer or more than three numbers; a digest behind the tag
 * does not count.
 */
export function orderOf(version: string, other: string): Order {
  if (version === other) return "same";
  const [a, b] = [dotted.exec(tagOf(version)), dotted.exec(tagOf(other))];
  if (a === null || b === null) return "unknown";
  const order = compareNumbers(partsOf(a[1]), partsOf(b[1])) || comparePrereleases(partsOf(a[2]), partsOf(b[2]));
  return order === 0 ? "unknown" : order < 0 ? "older" : "newer";
}

/** The tag of a version: what stands before its digest. */
export function tagOf(version: string): string {
  return version.replace(/@.*/, "");
}

function partsOf(text: string | undefined): readonly string[] {
  return text?.split(".") ?? [];
}

/** A number that is missing is 0. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = Number(a[index] ?? 0) - Number(b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** Compares runs of digits as numbers, of any length and exactly. */
export function compareDigits(a: string, b: string): number {
  return compareRuns({ text: a, from: 0, end: a.length }, { text: b, from: 0, end: b.length });
}

/**
 * Natural order: runs of digits as numbers, the rest by the codes of the characters, digits before everything else.
 * Texts that differ only in leading zeros are compared by their codes, so that only equal texts are equal.
 */
export function compareNatural(a: string, b: string): number {
  let [left, right] = [0, 0];
  while (left < a.length && right < b.length) {
    const [x, y] = [a.charCodeAt(left), b.charCodeAt(right)];
    if (!isDigit(x) || !isDigit(y)) {
      if (x !== y) return isDigit(x) !== isDigit(y) ? (isDigit(x) ? -1 : 1) : x - y;
      left += 1;
      right += 1;
      continue;
    }
    const [endLeft, endRight] = [endOfDigits(a, left), endOfDigits(b, right)];
    const order = compareRuns({ text: a, from: left, end: endLeft }, { text: b, from: right, end: endRight });
    if (order !== 0) return order;
    [left, right] = [endLeft, endRight];
  }
  return a.length - left - (b.length - right) || byText(a, b);
}

interface Run {
  readonly text: string;
  readonly from: number;
  readonly end: number;
}

/** Compares runs of digits without cutting them out: sorting would spend most of its time on that. */
function compareRuns(a: Run, b: Run): number {
  const [left, right] = [afterZeros(a), afterZeros(b)];
  const longer = a.end - left - (b.end - right);
  if (longer !== 0) return longer;
  for (let at = 0; left + at < a.end; at += 1) {
    const order = a.text.charCodeAt(left + at) - b.text.charCodeAt(right + at);
    if (order !== 0) return order;
  }
  return 0;
}

function afterZeros({ text, from, end }: Run): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === 48) at += 1;
  return at;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const versionKey = /(?:^|[.:\s\]])["']?(?:[A-Za-z]*[tT]ag|[A-Za-z]*[vV]ersion|targetRevision|revision)["']?$/;

/** Whether the path to a value ends in a name of versions: `image.tag`, `values.yaml: appVersion`. */
export function isVersionKey(path: string): boolean {
  return versionKey.test(path);
}
