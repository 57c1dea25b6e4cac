import { isJsonObject, type Json } from "./json.ts";
import type { Resource } from "./render.ts";

/**
 * A resource as JSON text with every number as it was written, those included that a double cannot hold. Keys keep
 * their order. With an indent it is for people, a line for each value; without it is one line.
 */
export function exactJson({ object, numbers = {} }: Resource, indent?: string): string {
  return indent === undefined ? write(object, "", numbers, compact) : write(object, "", numbers, lines(`\n${indent}`));
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
