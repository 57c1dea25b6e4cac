import type { Json } from "../../model/json.ts";
import type { KeyPath } from "./types.ts";

/** A value that several edits build together. */
export type InsertedValue =
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "map"; readonly map: Map<string, InsertedValue> }
  | { readonly kind: "list"; readonly list: InsertedValue[] };

/**
 * Adds a value at a path below what was inserted before; `undefined` when the path is taken or needs another kind of
 * collection. `-` and numbers create lists, other steps maps.
 */
export function addValue(inserted: InsertedValue | undefined, path: KeyPath, value: Json): InsertedValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return inserted === undefined ? { kind: "json", value } : undefined;
  return step === "-" || typeof step === "number"
    ? addToList(inserted ?? { kind: "list", list: [] }, step, rest, value)
    : addToMap(inserted ?? { kind: "map", map: new Map() }, step, rest, value);
}

function addToMap(inserted: InsertedValue, key: string, rest: KeyPath, value: Json): InsertedValue | undefined {
  if (inserted.kind !== "map") return undefined;
  const child = addValue(inserted.map.get(key), rest, value);
  if (child === undefined) return undefined;
  inserted.map.set(key, child);
  return inserted;
}

function addToList(inserted: InsertedValue, step: number | "-", rest: KeyPath, value: Json): InsertedValue | undefined {
  if (inserted.kind !== "list") return undefined;
  const index = step === "-" ? inserted.list.length : step;
  const child = index > inserted.list.length ? undefined : addValue(inserted.list[index], rest, value);
  if (child === undefined) return undefined;
  inserted.list[index] = child;
  return inserted;
}

/** The inserted value as data. */
export function insertedJson(inserted: InsertedValue): Json {
  switch (inserted.kind) {
    case "json":
      return inserted.value;
    case "map":
      return Object.fromEntries([...inserted.map].map(([key, child]) => [key, insertedJson(child)]));
    case "list":
      return inserted.list.map(insertedJson);
    default:
      return inserted satisfies never;
  }
}
