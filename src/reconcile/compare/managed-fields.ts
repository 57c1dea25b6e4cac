import { equal, isList, isObject, textAt, type Value, type ValueObject } from "../../diff/value.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { objectAt } from "../manifests/manifest.ts";

/** Who last set some of an object's fields, and which. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  /** Such as `scale` or `status`; `""` for the object itself. */
  readonly subresource: string;
  readonly apiVersion: string;
  /** RFC 3339; `""` where it is not known. */
  readonly at: string;
  /** The fields as `FieldsV1` has them. */
  readonly fields: JsonObject;
}

/** The managers of an object as the API server lists them. */
export function managersOf(object: JsonObject): readonly Manager[] {
  const { managedFields } = objectAt(object, "metadata");
  const entries: readonly Json[] = Array.isArray(managedFields) ? managedFields : [];
  return entries.filter((entry) => isJsonObject(entry)).map(managerOf);
}

function managerOf(entry: JsonObject): Manager {
  return {
    name: textAt(entry, "manager"),
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    subresource: textAt(entry, "subresource"),
    apiVersion: textAt(entry, "apiVersion"),
    at: textAt(entry, "time"),
    fields: objectAt(entry, "fieldsV1"),
  };
}

/** A key of an object, or an element of a list. */
export type Step = string | number;

/** Whether a set of fields has the one at `path` of `root`, or one that it is in or that is in it. */
export function hasField(fields: JsonObject, root: Value, path: readonly Step[]): boolean {
  let node: JsonObject = fields;
  let value: Value | undefined = root;
  for (const [depth, step] of path.entries()) {
    if (depth > 0 && Object.keys(node).length === 0) return true;
    const next = typeof step === "string" ? node[`f:${step}`] : elementOf(node, value, step);
    if (!isJsonObject(next)) return false;
    node = next;
    value = below(value, step);
  }
  return true;
}

function below(value: Value | undefined, step: Step): Value | undefined {
  if (typeof step === "number") return isList(value) ? value[step] : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** Elements are named by their keys (`k:`), by their value (`v:`) or by where they are (`i:`). */
function elementOf(node: JsonObject, list: Value | undefined, index: number): Json | undefined {
  const element = isList(list) ? list[index] : undefined;
  const found = Object.keys(node).find((name) => {
    if (name.startsWith("k:")) return isObject(element) && hasKeys(element, parsed(name));
    if (name.startsWith("v:")) return equal(element, parsed(name));
    return name === `i:${index}`;
  });
  return found === undefined ? undefined : node[found];
}

function parsed(name: string): Value {
  try {
    const value: Value = JSON.parse(name.slice(2));
    return value;
  } catch {
    return null;
  }
}

function hasKeys(element: ValueObject, keys: Value): boolean {
  return isObject(keys) && Object.entries(keys).every(([key, value]) => equal(element[key], value));
}

/** The union of two sets of fields. */
export function union(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isJsonObject(known) && isJsonObject(value) ? union(known, value) : value;
  }
  return merged;
}
