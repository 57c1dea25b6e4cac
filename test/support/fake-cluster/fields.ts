import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";

/**
 * The fields of an object as server-side apply owns them: the path of each leaf, its parts joined by `separator`. They
 * are those of `FieldsV1`: `f:name`, `k:{"name":"web"}` of an item of a list with keys, `v:"text"` of a set; `.` is
 * such an item itself.
 */
export type FieldPath = string;

const separator = "\u0000";

/** How lists and maps of built-in kinds are owned; those of others are taken as a schema without marks says. */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ["name"],
  initContainers: ["name"],
  volumes: ["name"],
  env: ["name"],
  imagePullSecrets: ["name"],
  secrets: ["name"],
  webhooks: ["name"],
  conditions: ["type"],
  volumeMounts: ["mountPath"],
  hostAliases: ["ip"],
  ownerReferences: ["uid"],
};
const sets: ReadonlySet<string> = new Set(["finalizers"]);
const atomicMaps: ReadonlySet<string> = new Set([
  "selector",
  "labelSelector",
  "nodeSelector",
  "roleRef",
  "configMapKeyRef",
  "secretKeyRef",
  "fieldRef",
]);

/** The fields that nobody owns: they say what the object is, or are the server's. */
const unowned = new Set(["apiVersion", "kind"]);
const unownedMetadata = new Set([
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
]);

/** The leaves of an object, with what they hold. `builtIn`: its lists have keys. */
export function fieldsOf(object: JsonObject, builtIn: boolean): ReadonlyMap<FieldPath, Json> {
  const leaves = new Map<FieldPath, Json>();
  for (const [key, value] of Object.entries(object)) {
    if (unowned.has(key)) continue;
    if (key !== "metadata" || !isJsonObject(value)) collect(value, [`f:${key}`], key, builtIn, leaves);
    else
      for (const [name, item] of Object.entries(value))
        if (!unownedMetadata.has(name)) collect(item, ["f:metadata", `f:${name}`], name, true, leaves);
  }
  return leaves;
}

function collect(value: Json, path: readonly string[], name: string, builtIn: boolean, into: Map<string, Json>): void {
  const keyed = keyedItems(value, name, builtIn);
  if (keyed !== undefined)
    for (const { part, item } of keyed) {
      into.set(
        [...path, part, ...(part.startsWith("v:") ? [] : ["."])].join(separator),
        isJsonObject(item) ? null : item,
      );
      if (isJsonObject(item)) collectMembers(item, [...path, part], builtIn, into);
    }
  else if (isJsonObject(value) && Object.keys(value).length > 0 && !(builtIn && atomicMaps.has(name)))
    collectMembers(value, path, builtIn, into);
  else into.set(path.join(separator), value);
}

function collectMembers(object: JsonObject, path: readonly string[], builtIn: boolean, into: Map<string, Json>): void {
  for (const [key, value] of Object.entries(object)) collect(value, [...path, `f:${key}`], key, builtIn, into);
}

interface KeyedItem {
  readonly part: string;
  readonly item: Json;
}

/** The items of a list by their keys; `undefined` of what is owned as a whole. */
function keyedItems(value: Json, name: string, builtIn: boolean): readonly KeyedItem[] | undefined {
  if (!builtIn || !Array.isArray(value) || value.length === 0) return undefined;
  if (sets.has(name)) return value.map((item: Json) => ({ part: `v:${JSON.stringify(item)}`, item }));
  const items = value.map((item: Json) => ({ part: isJsonObject(item) ? keyPart(item, name) : undefined, item }));
  return items.every((one): one is KeyedItem => one.part !== undefined) ? items : undefined;
}

function keyPart(item: JsonObject, name: string): string | undefined {
  const keys = name === "ports" ? portKeys(item) : listKeys[name];
  if (keys === undefined) return undefined;
  const values = keys.map((key): [string, Json | undefined] => [
    key,
    item[key] ?? (key === "protocol" ? "TCP" : undefined),
  ]);
  if (values.some(([, value]) => value === undefined)) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}

/** Of a container, or of a Service. */
function portKeys(item: JsonObject): readonly string[] {
  return item.containerPort === undefined ? ["port", "protocol"] : ["containerPort", "protocol"];
}

/** What becomes of an object where another is applied over it: its own fields stay, those of lists by their keys. */
export function merged(live: Json | undefined, applied: Json, name: string, builtIn: boolean): Json {
  if (isJsonObject(applied) && isJsonObject(live) && !(builtIn && atomicMaps.has(name)))
    return mergedMap(live, applied, name, builtIn);
  const [before, after] = [keyedItems(live ?? null, name, builtIn), keyedItems(applied, name, builtIn)];
  if (before === undefined || after === undefined) return applied;
  const added = new Map(after.map(({ part, item }) => [part, item]));
  const kept = before.map(({ part, item }) => {
    const over = added.get(part);
    added.delete(part);
    return over === undefined ? item : merged(item, over, "", builtIn);
  });
  return [...kept, ...added.values()];
}

function mergedMap(live: JsonObject, applied: JsonObject, name: string, builtIn: boolean): JsonObject {
  const all: Record<string, Json> = { ...live };
  const inside = builtIn || name === "metadata";
  for (const [key, value] of Object.entries(applied)) all[key] = merged(live[key], value, key, inside);
  return all;
}

/** An object without the fields at these paths. Maps that end up empty go too. */
export function without(object: JsonObject, paths: ReadonlySet<FieldPath>, builtIn: boolean): JsonObject {
  const result = pruned(object, [], "", builtIn, paths);
  return isJsonObject(result) ? result : {};
}

function pruned(
  value: Json,
  path: readonly string[],
  name: string,
  builtIn: boolean,
  paths: ReadonlySet<FieldPath>,
): Json | undefined {
  if (path.length > 0 && paths.has(path.join(separator))) return undefined;
  const inside = builtIn || name === "metadata";
  const keyed = keyedItems(value, name, inside);
  if (keyed !== undefined)
    return nonEmpty(
      keyed.flatMap(({ part, item }) => {
        if (paths.has([...path, part, "."].join(separator)) || paths.has([...path, part].join(separator))) return [];
        return isJsonObject(item) ? (pruned(item, [...path, part], "", inside, paths) ?? []) : [item];
      }),
    );
  if (!isJsonObject(value) || Object.keys(value).length === 0 || (inside && atomicMaps.has(name))) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    const kept = pruned(item, [...path, `f:${key}`], key, inside, paths);
    return kept === undefined ? [] : [[key, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function nonEmpty(list: readonly Json[]): readonly Json[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** A set of fields as `managedFields` shows it. */
export function fieldsV1(paths: Iterable<FieldPath>): JsonObject {
  const tree: FieldTree = new Map();
  for (const path of [...paths].sort()) {
    let at = tree;
    for (const part of path.split(separator)) {
      const next = at.get(part) ?? new Map();
      at.set(part, next);
      at = next;
    }
  }
  return treeToJson(tree);
}

type FieldTree = Map<string, FieldTree>;

function treeToJson(tree: FieldTree): JsonObject {
  return Object.fromEntries([...tree].map(([part, below]) => [part, treeToJson(below)]));
}

/** The paths of a set of fields as `managedFields` shows it. */
export function pathsOf(fields: JsonObject, above = ""): readonly FieldPath[] {
  return Object.entries(fields).flatMap(([part, below]) => {
    const path = above === "" ? part : `${above}${separator}${part}`;
    return isJsonObject(below) && Object.keys(below).length > 0 ? pathsOf(below, path) : [path];
  });
}

/** A path for people: `.spec.containers[name="web"].image`. */
export function pathText(path: FieldPath): string {
  return path
    .split(separator)
    .filter((part) => part !== ".")
    .map((part) => (part.startsWith("f:") ? `.${part.slice(2)}` : `[${part.slice(2)}]`))
    .join("");
}

/** Whether one path is the other or below it. `.` of an item covers the item. */
export function isBelow(path: FieldPath, above: FieldPath): boolean {
  const root = above.endsWith(`${separator}.`) ? above.slice(0, -2) : above;
  return path === root || path.startsWith(root + separator);
}
