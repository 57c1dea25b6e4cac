import { isJsonObject, type Json } from "../model/json.ts";
import type { Resource } from "../model/render.ts";

/**
 * A resource as JSON text with every number as it was written, those included that a double cannot hold. Keys keep
 * their order.
 */
export function exactJson({ object, numbers = {} }: Resource, indent: string): string {
  return write(object, "", numbers, `\n${indent}`);
}

function write(value: Json, pointer: string, numbers: Readonly<Record<string, string>>, line: string): string {
  const inner = `${line}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item: Json, index) => write(item, `${pointer}/${index}`, numbers, inner));
    return `[${inner}${items.join(`,${inner}`)}${line}]`;
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    const members = entries.map(
      ([key, item]) => `${JSON.stringify(key)}: ${write(item, `${pointer}/${escapeKey(key)}`, numbers, inner)}`,
    );
    return `{${inner}${members.join(`,${inner}`)}${line}}`;
  }
  return numbers[pointer] ?? JSON.stringify(value);
}

/** A key as a part of a JSON pointer (RFC 6901). */
function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
