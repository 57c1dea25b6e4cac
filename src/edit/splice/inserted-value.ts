import type { Json } from "../../model/json.ts";
import type { KeyPath } from "./types.ts";

/** A value that several edits build together. */
export type Grown =
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "map"; readonly map: Map<string, Grown> }
  | { readonly kind: "list"; readonly list: Grown[] };

/** Puts a value at a path of what has grown so far; `undefined` when something is there, or of another kind. `-` and numbers make lists, other steps maps. */
export function grow(grown: Grown | undefined, path: KeyPath, value: Json): Grown | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return grown === undefined ? { kind: "json", value } : undefined;
  return step === "-" || typeof step === "number"
    ? growList(grown ?? { kind: "list", list: [] }, step, rest, value)
    : growMap(grown ?? { kind: "map", map: new Map() }, step, rest, value);
}

function growMap(grown: Grown, key: string, rest: KeyPath, value: Json): Grown | undefined {
  if (grown.kind !== "map") return undefined;
  const child = grow(grown.map.get(key), rest, value);
  if (child === undefined) return undefined;
  grown.map.set(key, child);
  return grown;
}

function growList(grown: Grown, step: number | "-", rest: KeyPath, value: Json): Grown | undefined {
  if (grown.kind !== "list") return undefined;
  const index = step === "-" ? grown.list.length : step;
  const child = index > grown.list.length ? undefined : grow(grown.list[index], rest, value);
  if (child === undefined) return undefined;
  grown.list[index] = child;
  return grown;
}

/** What has grown, as data. */
export function grownJson(grown: Grown): Json {
  switch (grown.kind) {
    case "json":
      return grown.value;
    case "map":
      return Object.fromEntries([...grown.map].map(([key, child]) => [key, grownJson(child)]));
    case "list":
      return grown.list.map(grownJson);
    default:
      return grown satisfies never;
  }
}
