import { RE2JS, RE2JSException } from "re2js";
import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { yamlValues } from "../../model/yaml-values.ts";

const text = z.string().default("");

/** A patch as a kustomization has it; a selector by labels or annotations, or options, are not read. */
const patchSchema = z.strictObject({
  patch: z.string(),
  target: z.strictObject({ group: text, version: text, kind: text, name: text, namespace: text }).optional(),
});

type Target = NonNullable<z.output<typeof patchSchema>["target"]>;

const operationSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.enum(["add", "replace"]), path: z.string(), value: z.json() }),
  z.strictObject({ op: z.literal("remove"), path: z.string() }),
]);

type Operation = z.output<typeof operationSchema>;

/** The object as kustomize patches it; `undefined` where a patch that is for it is of a form that is not known here. */
export function patched(object: JsonObject, patches: readonly JsonObject[]): JsonObject | undefined {
  let found: JsonObject | undefined = object;
  for (const one of patches) {
    const { data } = patchSchema.safeParse(one);
    if (data === undefined) return undefined;
    const [content, ...others] = yamlValues(data.patch);
    if (others.length > 0) return undefined;
    const target = data.target ?? targetOf(content);
    if (found === undefined || target === undefined) return undefined;
    if (isFor(target, found)) found = applied(found, content);
  }
  return found;
}

/** What a patch without a target is for: the object that it is itself. */
function targetOf(content: unknown): Target | undefined {
  const own = z.object({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) });
  const { data } = own.safeParse(content);
  if (data === undefined) return undefined;
  const [version = "", group = ""] = data.apiVersion.split("/").reverse();
  return { group, version, kind: data.kind, name: data.metadata.name, namespace: "" };
}

function isFor(target: Target, { apiVersion, kind, metadata }: JsonObject): boolean {
  const [version, group = ""] = String(apiVersion).split("/").reverse();
  const { name, namespace } = isJsonObject(metadata) ? metadata : {};
  return (
    matches(target.group, group) &&
    matches(target.version, version) &&
    matches(target.kind, kind) &&
    matches(target.name, name) &&
    matches(target.namespace, namespace)
  );
}

/** Kustomize takes each of these for an expression of the whole text. */
function matches(pattern: string, value: Json | undefined): boolean {
  if (pattern === "") return true;
  try {
    return typeof value === "string" && RE2JS.compile(pattern).matches(value);
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
}

function applied(object: JsonObject, content: unknown): JsonObject | undefined {
  if (Array.isArray(content)) {
    const operations = z.array(operationSchema).safeParse(content);
    let changed: JsonObject | undefined = operations.success ? object : undefined;
    for (const one of operations.data ?? []) changed = changed === undefined ? undefined : operated(changed, one);
    return changed;
  }
  const { data } = z.record(z.string(), z.json()).safeParse(content);
  if (data === undefined || hasDirective(data)) return undefined;
  // Kustomize keeps the object's own name, whatever the patch calls it.
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = data;
  const { name: _name, namespace: _namespace, ...words } = isJsonObject(metadata) ? metadata : {};
  return merged(object, Object.keys(words).length === 0 ? rest : { ...rest, metadata: words });
}

function hasDirective(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.startsWith("$") || hasDirective(item as Json));
}

/** Maps are merged and `null` takes away. Lists are replaced, as kustomize knows no keys of Flux's kinds. */
function merged(object: JsonObject, patch: JsonObject): JsonObject {
  const found = new Map(Object.entries(object));
  for (const [key, value] of Object.entries(patch)) {
    const there = found.get(key);
    if (value === null) found.delete(key);
    else found.set(key, isJsonObject(value) ? merged(isJsonObject(there) ? there : {}, value) : value);
  }
  return Object.fromEntries(found);
}

/** The object after one operation; `undefined` where its path leads through a list or nowhere. */
function operated(object: JsonObject, operation: Operation): JsonObject | undefined {
  const names = operation.path.split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return names[0] === "" && names.length > 1 ? changedAt(object, names.slice(1), operation) : undefined;
}

function changedAt(
  object: JsonObject,
  [name = "", ...below]: readonly string[],
  operation: Operation,
): JsonObject | undefined {
  const there = object[name];
  if (below.length > 0) {
    const changed = isJsonObject(there) ? changedAt(there, below, operation) : undefined;
    return changed === undefined ? undefined : { ...object, [name]: changed };
  }
  if (operation.op !== "add" && there === undefined) return undefined;
  if (operation.op !== "remove") return { ...object, [name]: operation.value };
  const { [name]: _, ...others } = object;
  return others;
}
