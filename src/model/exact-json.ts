import { isJsonObject, type Json } from "./json.ts";
import type { Resource } from "./render.ts";

/**
 * A resource as JSON text with every number as it was written, those included that a double cannot hold. Keys keep
 * their order. With an indent it is for people, a line for each value; without it is one line.
 */
export function exactJson({ object, numbers }: Resource, indent?: string): string {
  if (indent !== undefined) return write(object, "", numbers ?? {}, lines(`\n${indent}`));
  return numbers === undefined ? JSON.stringify(object) : write(object, "", numbers, compact);
}

/** What stands between the parts of a value. */
interface Spacing {
  readonly line: string;
  readonly colon: string;
  inner(): Spacing;
}

const compact: Spacing = { line: "", colon: ":", inner: () => compact };

function lines(line: string): Spacing {
  return { line, colon: ": ", inner: () => lines(`${line}  `) };
}

function write(value: Json, pointer: string, numbers: Readonly<Record<string, string>>, spacing: Spacing): string {
  const inner = spacing.inner();
  const join = (parts: readonly string[]): string => parts.join(`,${inner.line}`);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item: Json, index) => write(item, `${pointer}/${index}`, numbers, inner));
    return `[${inner.line}${join(items)}${spacing.line}]`;
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    const members = entries.map(
      ([key, item]) =>
        `${JSON.stringify(key)}${spacing.colon}${write(item, `${pointer}/${escapeKey(key)}`, numbers, inner)}`,
    );
    return `{${inner.line}${join(members)}${spacing.line}}`;
  }
  return numbers[pointer] ?? JSON.stringify(value);
}

/** A key as a part of a JSON pointer (RFC 6901). */
function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** JSON text as a value, with the text of the numbers in it that a double cannot hold, by JSON pointer. */
export interface ExactValue {
  readonly value: Json;
  readonly numbers?: Readonly<Record<string, string>>;
}

/** Reads JSON text and keeps every number as it was written. Throws a SyntaxError when it is none. */
export function parseExactJson(text: string): ExactValue {
  if (!mayBeInexact.test(text)) return { value: JSON.parse(text) };
  const found = new Map<Json, Map<string, string>>();
  const value: Json = JSON.parse(
    text,
    function note(this: Json, key: string, item: Json, { source }: { source?: string } = {}) {
      if (typeof item === "number" && source !== undefined && !isExact(source, item))
        found.set(this, (found.get(this) ?? new Map()).set(key, source));
      return item;
    },
  );
  const numbers = Object.fromEntries(pointersOf(found, value, ""));
  return found.size === 0 ? { value } : { value, numbers };
}

/** Where a number stands that has many digits or an exponent; some texts in strings look so too. */
const mayBeInexact = /[:[,]\s*-?(?:[\d.]{16}|[\d.]*\d[eE])/;

/** Whether a double gives the same decimal number back. */
function isExact(source: string, value: number): boolean {
  return decimal(source) === decimal(String(value));
}

/** A number in one form: its digits without zeros at the ends, and its exponent. */
function decimal(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0";
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

/** What was found by the value that it stands in, by its place in the whole. */
function* pointersOf(
  found: ReadonlyMap<Json, ReadonlyMap<string, string>>,
  value: Json,
  pointer: string,
): Generator<[string, string]> {
  for (const [key, source] of found.get(value) ?? []) yield [`${pointer}/${escapeKey(key)}`, source];
  if (value === null || typeof value !== "object") return;
  for (const [key, item] of Object.entries(value)) yield* pointersOf(found, item, `${pointer}/${escapeKey(key)}`);
}

/** The numbers of the part of a value that is at this pointer. */
export function numbersBelow(numbers: ExactValue["numbers"], pointer: string): ExactValue["numbers"] {
  const entries = Object.entries(numbers ?? {}).filter(([at]) => at.startsWith(`${pointer}/`));
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([at, text]) => [at.slice(pointer.length), text]));
}
