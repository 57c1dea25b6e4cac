/**
 * A match, with the text that `{app}` matched; `undefined` if the pattern has no `{app}` or the app was known before.
 */
export interface SegmentMatch {
  readonly app: string | undefined;
}

/**
 * Matches one name of a path with one of a pattern: `*` is any number of characters, `{app}` at least one, each taking
 * as much as it can, the first the most; `{app}` must be `app` where that is known. The cost grows with the lengths
 * alone, whatever the pattern and the name. A `{app}` twice beside a `*` (the configuration has none) matches nothing.
 */
export function matchSegment(part: string, app: string | undefined, name: string): SegmentMatch | undefined {
  const [first = [""], ...others] = part.split("{app}").map((text) => text.split(/\*+/));
  if (others.length === 0 || app !== undefined) {
    const literals = others.reduce((left, right) => join(left, app ?? "", right), [...first]);
    return matchesStars(literals, name) ? { app: undefined } : undefined;
  }
  const last = others.at(-1) ?? [];
  if (others.length === 1) return found(split(first, last, name));
  return [first, ...others].some((texts) => texts.length > 1)
    ? undefined
    : found(repeated([first, ...others].flat(), name));
}

function found(app: string | undefined): SegmentMatch | undefined {
  return app === undefined ? undefined : { app };
}

/** Joins the texts around a known app name into one list of texts between stars. */
function join(left: readonly string[], app: string, right: readonly string[]): string[] {
  return [...left.slice(0, -1), `${left.at(-1) ?? ""}${app}${right[0] ?? ""}`, ...right.slice(1)];
}

/**
 * Whether the name has the texts in this order, the first at its start and the last at its end, with stars between
 * them.
 */
export function matchesStars(texts: readonly string[], name: string): boolean {
  const last = texts.at(-1) ?? "";
  if (texts.length === 1) return name === last;
  const from = afterTexts(texts.slice(0, -1), name);
  return from !== undefined && name.length - last.length >= from && name.endsWith(last);
}

/**
 * The first position after all texts, each matched as early as possible, which leaves most of the name for the others.
 */
function afterTexts(texts: readonly string[], name: string): number | undefined {
  const [first = "", ...others] = texts;
  if (!name.startsWith(first)) return undefined;
  let at = first.length;
  for (const text of others) {
    const found = name.indexOf(text, at);
    if (found < 0) return undefined;
    at = found + text.length;
  }
  return at;
}

/** The last position before all texts, each matched as late as possible. */
function beforeTexts(texts: readonly string[], name: string): number | undefined {
  const last = texts.at(-1) ?? "";
  if (!name.endsWith(last)) return undefined;
  let at = name.length - last.length;
  for (const text of texts.slice(0, -1).reverse()) {
    if (at < text.length) return undefined;
    const found = name.lastIndexOf(text, at - text.length);
    if (found < 0) return undefined;
    at = found;
  }
  return at;
}

/** The text between two lists of texts with stars: it begins as late as possible, then ends as late as possible. */
function split(left: readonly string[], right: readonly string[], name: string): string | undefined {
  const end = endOf(right, name);
  if (end === undefined) return undefined;
  const start = startOf(left, name, end - 1);
  return start === undefined || start >= end ? undefined : name.slice(start, end);
}

function endOf(right: readonly string[], name: string): number | undefined {
  const [first = "", ...others] = right;
  if (others.length === 0) return name.endsWith(first) ? name.length - first.length : undefined;
  const before = beforeTexts(others, name);
  if (before === undefined || before < first.length) return undefined;
  const end = name.lastIndexOf(first, before - first.length);
  return end < 0 ? undefined : end;
}

/** At most `latest`, and never inside a surrogate pair. */
function startOf(left: readonly string[], name: string, latest: number): number | undefined {
  const last = left.at(-1) ?? "";
  if (left.length === 1) return name.startsWith(last) ? last.length : undefined;
  const after = afterTexts(left.slice(0, -1), name);
  if (after === undefined || latest < last.length) return undefined;
  const found = last === "" ? latest : name.lastIndexOf(last, latest - last.length);
  const start = found + last.length - (last === "" && isSecondUnit(name, found) ? 1 : 0);
  return found < 0 || found < after || start < after ? undefined : start;
}

function isSecondUnit(name: string, at: number): boolean {
  return /[\udc00-\udfff]/.test(name[at] ?? "") && /[\ud800-\udbff]/.test(name[at - 1] ?? "");
}

/** The text that fills every gap between the texts. */
function repeated(texts: readonly string[], name: string): string | undefined {
  const places = texts.length - 1;
  const length = (name.length - texts.join("").length) / places;
  if (!Number.isInteger(length) || length < 1) return undefined;
  const [first = ""] = texts;
  const app = name.slice(first.length, first.length + length);
  return texts.join(app) === name ? app : undefined;
}
