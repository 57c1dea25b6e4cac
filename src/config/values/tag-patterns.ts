import { isRefusal, type Refusal } from "./checked-text.ts";
import { readRegex } from "./expressions.ts";
import { matchSegment } from "./segments.ts";

const maxGlobLength = 128;
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Whether the text can be a tag, by the OCI distribution specification. */
export function isTag(text: string): boolean {
  return tagShape.test(text);
}

/** Refuses text that cannot be a tag. */
export function checkTag(text: string): Refusal | undefined {
  if (isTag(text)) return undefined;
  return { problem: "is not a tag", fix: "Write up to 128 letters, digits, `_`, `.` and `-`, such as `main`." };
}

/**
 * Reads an entry of `ignore`: a regular expression between slashes that matches anywhere in the tag, or a glob with `*`
 * for the whole tag.
 */
export function readTagPattern(text: string): ((tag: string) => boolean) | Refusal {
  if (text.length > 1 && text.startsWith("/") && text.endsWith("/")) {
    const expression = readRegex(text.slice(1, -1));
    return isRefusal(expression) ? expression : (tag) => expression.test(tag);
  }
  if (/^[A-Za-z0-9_.*-]+$/.test(text) && text.length <= maxGlobLength) {
    return (tag) => matchSegment(text, undefined, tag) !== undefined;
  }
  return {
    problem: "is not a pattern for tags",
    fix: "Write a tag in which `*` matches any characters (`*-rc*`), or a regular expression between slashes (`/-rc[0-9]+$/`).",
  };
}

/** Whether `readTagPattern` reads the text. */
export function checkTagPattern(text: string): Refusal | undefined {
  const read = readTagPattern(text);
  return isRefusal(read) ? read : undefined;
}

/** A piece of `capture`: text as it is, or the name or number of a group of `regex`. */
export type CapturePart = { readonly text: string } | { readonly group: string };

/** Splits a `capture` such as `$build`, `$1` or `${major}.$minor` into its parts. */
export function captureParts(capture: string): readonly CapturePart[] {
  const parts: CapturePart[] = [];
  let from = 0;
  for (const match of capture.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (match.index > from) parts.push({ text: capture.slice(from, match.index) });
    parts.push({ group: match[1] ?? match[2] ?? "" });
    from = match.index + match[0].length;
  }
  if (from < capture.length) parts.push({ text: capture.slice(from) });
  return parts;
}

/** The groups that a `capture` may name: numbers from 0, and names. Empty for an invalid expression. */
export function groupNames(regex: string): readonly string[] {
  const read = readRegex(regex);
  if (isRefusal(read)) return [];
  const numbers = Array.from({ length: read.groupCount() + 1 }, (_, index) => String(index));
  return [...numbers, ...Object.keys(read.namedGroups())];
}
