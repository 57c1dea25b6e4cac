import { UserError } from "../../../src/model/errors.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import { type FieldPath, fieldsOf, isBelow, merged, pathsOf, pathText, without } from "./fields.ts";
import { objectAt, type ServedKind } from "./kinds.ts";
import type { Draft, Manager, Stored } from "./store.ts";

/** Who writes, and when. */
export interface Writer {
  readonly fieldManager: string;
  readonly time: string;
}

/** What server-side apply makes of an object. Throws `refused` where others own what it would change. */
export function applied(
  current: Stored | undefined,
  kind: ServedKind,
  config: JsonObject,
  { fieldManager, time, force }: Writer & { readonly force: boolean },
): Draft {
  const manifest = ownPart(kind, config);
  const wanted = fieldsOf(manifest, kind.builtIn);
  const before = current === undefined ? new Map<FieldPath, Json>() : fieldsOf(current.object, kind.builtIn);
  const isMine = (one: Manager): boolean => one.name === fieldManager && one.operation === "Apply";
  const [mine, others] = [current?.managers.find(isMine), current?.managers.filter((one) => !isMine(one)) ?? []];
  const differs = (path: FieldPath): boolean => !same(before.get(path), wanted.get(path));
  const conflicts = others.flatMap((one) =>
    [...one.fields].filter((path) => wanted.has(path) && differs(path)).map((path) => ({ one, path })),
  );
  if (conflicts.length > 0 && !force) throw conflict(conflicts);
  const taken = new Set(conflicts.map(({ path }) => path));
  const left = others
    .map((one) => ({ ...one, fields: minus(one.fields, taken) }))
    .filter(({ fields }) => fields.size > 0);
  const unwanted = new Set([...(mine?.fields ?? [])].filter((path) => !wanted.has(path) && !isOwned(path, left)));
  const object = merged(without(current?.object ?? {}, unwanted, kind.builtIn), manifest, "", kind.builtIn);
  const manager: Manager = { name: fieldManager, operation: "Apply", time, fields: new Set(wanted.keys()) };
  return { object: isJsonObject(object) ? object : {}, managers: [manager, ...left] };
}

/** What another way to write makes of an object: what it changed is its own. */
export function updated(
  current: Stored | undefined,
  kind: ServedKind,
  object: JsonObject,
  { fieldManager, time }: Writer,
): Draft {
  const before = current === undefined ? new Map<FieldPath, Json>() : fieldsOf(current.object, kind.builtIn);
  const after = fieldsOf(object, kind.builtIn);
  const written = new Set([...after.keys()].filter((path) => !same(before.get(path), after.get(path))));
  const gone = new Set([...before.keys()].filter((path) => !after.has(path)));
  const managers = current?.managers ?? [];
  const isMine = (one: Manager): boolean =>
    one.name === fieldManager && one.operation === "Update" && one.subresource === undefined;
  const others = managers
    .filter((one) => !isMine(one))
    .map((one) => ({ ...one, fields: minus(minus(one.fields, written), gone) }));
  const fields = new Set([...minus(managers.find(isMine)?.fields ?? new Set(), gone), ...written]);
  const mine: Manager = { name: fieldManager, operation: "Update", time, fields };
  return { object, managers: [...others, mine].filter((one) => one.fields.size > 0) };
}

/** The managers that a patch of `managedFields` names; `undefined` where it names none. */
export function givenManagers(patch: JsonObject): readonly Manager[] | undefined {
  const { managedFields } = objectAt(patch, "metadata");
  if (!Array.isArray(managedFields)) return undefined;
  return managedFields
    .filter((entry: Json) => isJsonObject(entry))
    .map((entry: JsonObject) => ({
      name: String(entry.manager),
      operation: entry.operation === "Apply" ? "Apply" : "Update",
      time: String(entry.time ?? ""),
      fields: new Set(pathsOf(objectAt(entry, "fieldsV1"))),
      ...(entry.subresource === "status" && { subresource: "status" }),
    }));
}

/** RFC 7386. */
export function mergePatched(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, Json> = { ...(isJsonObject(value) ? value : {}) };
  for (const [key, item] of Object.entries(patch)) {
    if (item === null) delete result[key];
    else result[key] = mergePatched(result[key], item);
  }
  return result;
}

/** What of a manifest its own path takes: the status is written elsewhere, and `null` is nothing. */
function ownPart(kind: ServedKind, { status, ...rest }: JsonObject): JsonObject {
  const kept = withoutNull(kind.status || status === undefined ? rest : { ...rest, status });
  const { managedFields, ...metadata } = objectAt(kept, "metadata");
  return { ...kept, metadata };
}

function withoutNull(object: JsonObject): JsonObject {
  const entries = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [key, isJsonObject(value) ? withoutNull(value) : value]));
}

function conflict(conflicts: readonly { readonly one: Manager; readonly path: FieldPath }[]): UserError {
  const words = conflicts.map(({ one, path }) => `conflict with "${one.name}": ${pathText(path)}`).join("; ");
  return new UserError("refused", `Apply failed with ${conflicts.length} conflicts: ${words}`, {
    fix: "Leave these fields to their owner, or let Sluice take them over.",
  });
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

function minus(paths: ReadonlySet<FieldPath>, taken: ReadonlySet<FieldPath>): ReadonlySet<FieldPath> {
  return new Set([...paths].filter((path) => !taken.has(path)));
}

function isOwned(path: FieldPath, managers: readonly Manager[]): boolean {
  return managers.some(({ fields }) => [...fields].some((field) => isBelow(field, path)));
}
