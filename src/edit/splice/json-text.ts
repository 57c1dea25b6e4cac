import { isJsonObject, type Json } from "../../model/json.ts";
import { type Surroundings, scalarText } from "./scalar-text.ts";
import type { Style } from "./style.ts";
import type { ScalarValue } from "./types.ts";

const block: Surroundings = { flow: false, json: false };

/** How flow collections are written. */
export interface FlowStyle {
  readonly json: boolean;
  /** Blanks inside of braces and after colons and commas. */
  readonly spaced: boolean;
}

/** Whether the value is written on the line itself: a scalar, `{}` or `[]`. */
export function isInline(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !isJsonObject(value) || Object.keys(value).length === 0;
}

/** A value as lines of block YAML from column 0. */
export function blockLines(value: Json, style: Style): readonly string[] {
  if (isInline(value)) return [flowText(value, { json: false, spaced: true }, block)];
  if (Array.isArray(value)) return value.flatMap((item: Json) => itemLines(item, style, 1));
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, child]) => entryLines(key, child, style)) : [];
}

/** A key and its value as lines from the map's column. */
export function entryLines(key: string, value: Json, style: Style): readonly string[] {
  const name = scalarText(key, block);
  const lines = blockLines(value, style);
  if (isInline(value)) return [`${name}: ${lines[0] ?? ""}`];
  const step = " ".repeat(Array.isArray(value) ? style.dash : style.unit);
  return [`${name}:`, ...lines.map((line) => step + line)];
}

/** A list's item as lines from the dash's column, `gap` blanks after the dash. */
export function itemLines(value: Json, style: Style, gap: number): readonly string[] {
  return blockLines(value, style).map((line, index) => (index === 0 ? "-" : " ") + " ".repeat(gap) + line);
}

/** A value on one line; a scalar is written for `where`. */
export function flowText(
  value: Json,
  style: FlowStyle,
  where: Surroundings = { flow: true, json: style.json },
): string {
  const comma = style.spaced ? ", " : ",";
  if (Array.isArray(value)) return `[${value.map((item: Json) => flowText(item, style)).join(comma)}]`;
  if (!isJsonObject(value)) return scalarText(scalarOf(value), where);
  const entries = Object.entries(value).map(([key, child]) => flowEntry(key, child, style));
  const pad = style.spaced && !style.json && entries.length > 0 ? " " : "";
  return `{${pad}${entries.join(comma)}${pad}}`;
}

/** A key and its value inside of braces. */
export function flowEntry(key: string, value: Json, style: FlowStyle): string {
  const colon = style.spaced || !style.json ? ": " : ":";
  return `${scalarText(key, { flow: true, json: style.json })}${colon}${flowText(value, style)}`;
}

function scalarOf(value: Json): ScalarValue {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
