import { isJsonObject, type Json } from "../../model/json.ts";
import type { Resource } from "../../model/render.ts";
import { textAt } from "./manifest.ts";

/** Lists of lists are gone into so deep. */
const maxDepth = 8;

/** The objects of resources, with those of every `List` in place of it. */
export function flatten(resources: readonly Resource[], depth = 0): readonly Resource[] {
  return resources.flatMap((resource) => {
    const items = itemsOf(resource);
    return items === undefined || depth === maxDepth ? [resource] : flatten(items, depth + 1);
  });
}

/** What ends in `List`, has items and no name is no object of its own; a kind may be called so, and has a name. */
function itemsOf({ object, numbers, file }: Resource): readonly Resource[] | undefined {
  const { kind, items } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  if (textAt(object, "metadata", "name") !== "") return undefined;
  const typed = kind === "List" ? {} : typeOfItems(kind, object.apiVersion);
  return items.map((item: Json, index: number) => ({
    object: isJsonObject(item) ? { ...typed, ...item } : {},
    ...(file !== undefined && { file }),
    ...(numbers && { numbers: below(numbers, `/items/${index}`) }),
  }));
}

/** `ConfigMapList` says of its items what they are, which leave it out. */
function typeOfItems(kind: string, apiVersion: Json | undefined): { kind: string; apiVersion: Json } {
  return { kind: kind.slice(0, -"List".length), apiVersion: apiVersion ?? "" };
}

function below(numbers: Readonly<Record<string, string>>, prefix: string): Readonly<Record<string, string>> {
  const own = Object.entries(numbers).filter(([pointer]) => pointer.startsWith(`${prefix}/`));
  return Object.fromEntries(own.map(([pointer, text]) => [pointer.slice(prefix.length), text]));
}
