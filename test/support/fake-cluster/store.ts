import { Fault, UserError } from "../../../src/model/errors.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import type { DeleteOptions, DeleteOutcome, LiveObject, ObjectReference, ObjectType } from "../../../src/model/kube.ts";
import { type FieldPath, fieldsOf, fieldsV1 } from "./fields.ts";
import { builtInKinds, definedKinds, objectAt, type ServedKind } from "./kinds.ts";
import { misfit, withDefaults } from "./schema.ts";

/** Who owns which fields. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly subresource?: "status";
  readonly time: string;
  readonly fields: ReadonlySet<FieldPath>;
}

/** An object with its owners. */
export interface Stored {
  readonly kind: ServedKind;
  /** Without `managedFields`. */
  readonly object: JsonObject;
  readonly managers: readonly Manager[];
  readonly numbers?: LiveObject["numbers"];
}

/** What an object is to be. */
export type Draft = Omit<Stored, "kind">;

/** The objects of a fake cluster, and what its API server and controllers do to them at once. */
export class Store {
  readonly #kinds: ServedKind[] = builtInKinds();
  readonly #objects = new Map<string, Stored>();
  readonly #now: () => number;
  readonly #controllers: ((object: JsonObject) => JsonObject | undefined)[] = [];
  #versions = 0;
  #uids = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get time(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** Gives an object's status after each change of the rest of it. */
  play(controller: (object: JsonObject) => JsonObject | undefined): void {
    this.#controllers.push(controller);
  }

  kind({ apiVersion, kind }: ObjectType): ServedKind | undefined {
    return this.#kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  }

  preferred(group: string, kind: string): ServedKind | undefined {
    return this.#kinds.find((one) => groupOf(one.apiVersion) === group && one.kind === kind);
  }

  find(kind: ServedKind, namespace: string | undefined, name: string): Stored | undefined {
    return this.#objects.get(keyOf(kind, namespace, name));
  }

  /** All of a kind, by namespace and name. */
  all({ apiVersion, kind }: ObjectType): readonly Stored[] {
    const prefix = `${groupOf(apiVersion)}|${kind}|`;
    const found = [...this.#objects].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stored]) => stored);
  }

  everything(): readonly Stored[] {
    return [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stored]) => stored);
  }

  /** Writes what a request made of an object. Throws what the API server refuses. */
  write(kind: ServedKind, reference: ObjectReference, draft: Draft, dryRun: boolean): Stored {
    const current = this.find(kind, reference.namespace, reference.name);
    if (current === undefined) this.#mayBeMade(kind, reference);
    const filled = this.#filled(kind, reference, draft, current);
    if (current !== undefined && equal(current, filled)) return current;
    const next = withGeneration(kind, current, filled);
    if (dryRun) return next;
    this.#store(next);
    this.#react(next);
    return this.find(kind, reference.namespace, reference.name) ?? next;
  }

  /** Sets the status as a controller does. */
  setStatus(stored: Stored, status: JsonObject): void {
    const object = { ...stored.object, status: { ...objectAt(stored.object, "status"), ...status } };
    if (canonicalJson(object) === canonicalJson(stored.object)) return;
    const fields = new Set([...fieldsOf({ status: object.status }, stored.kind.builtIn).keys()]);
    const others = stored.managers.filter(({ subresource }) => subresource === undefined);
    const manager: Manager = {
      name: "controller",
      operation: "Update",
      subresource: "status",
      time: this.time,
      fields,
    };
    this.#store({ ...stored, object, managers: [...others, manager] });
  }

  delete(stored: Stored, options: DeleteOptions): DeleteOutcome {
    const { uid, resourceVersion, finalizers } = objectAt(stored.object, "metadata");
    if (uid !== options.uid || (options.resourceVersion ?? resourceVersion) !== resourceVersion) return "changed";
    this.#end(stored, Array.isArray(finalizers) && finalizers.length > 0, options.propagation);
    return "accepted";
  }

  #end(stored: Stored, held: boolean, propagation: DeleteOptions["propagation"]): void {
    const { kind } = stored;
    this.#ofOwner(objectAt(stored.object, "metadata").uid, propagation);
    if (kind.kind === "Namespace") this.#empty((one) => one.namespace === objectAt(stored.object, "metadata").name);
    if (kind.kind === "CustomResourceDefinition") this.#undefine(stored.object);
    if (held || (kind.kind === "Namespace" && this.#isUsed(stored))) this.#mark(stored);
    else this.#remove(stored);
  }

  #mark(stored: Stored): void {
    const metadata = { deletionTimestamp: this.time, ...objectAt(stored.object, "metadata") };
    const status = stored.kind.kind === "Namespace" && { status: { phase: "Terminating" } };
    this.#store({ ...stored, object: { ...stored.object, metadata, ...status } });
  }

  #remove({ kind, object }: Stored): void {
    const { namespace, name } = objectAt(object, "metadata");
    this.#objects.delete(keyOf(kind, text(namespace), text(name) ?? ""));
    const parent = this.#objects.get(
      keyOf({ apiVersion: "v1", kind: "Namespace", namespaced: false }, undefined, text(namespace) ?? ""),
    );
    if (
      parent !== undefined &&
      objectAt(parent.object, "metadata").deletionTimestamp !== undefined &&
      !this.#isUsed(parent)
    )
      this.#remove(parent);
  }

  /** What becomes of those that the object owned. */
  #ofOwner(uid: Json | undefined, propagation: DeleteOptions["propagation"]): void {
    for (const one of this.everything()) {
      const { ownerReferences, ...metadata } = objectAt(one.object, "metadata");
      const owners = Array.isArray(ownerReferences) ? ownerReferences : [];
      const others = owners.filter((owner: Json) => !isJsonObject(owner) || owner.uid !== uid);
      if (others.length === owners.length) continue;
      const left = { ...metadata, ...(others.length > 0 && { ownerReferences: others }) };
      if (propagation !== "Orphan" && others.length === 0) this.#endOf(one);
      else this.#store({ ...one, object: { ...one.object, metadata: left } });
    }
  }

  #empty(isIn: (metadata: JsonObject) => boolean): void {
    for (const one of this.everything()) if (isIn(objectAt(one.object, "metadata"))) this.#endOf(one);
  }

  #endOf(stored: Stored): void {
    const { uid = "" } = objectAt(stored.object, "metadata");
    this.delete(stored, { uid: String(uid), propagation: "Background" });
  }

  #isUsed(namespace: Stored): boolean {
    const { name } = objectAt(namespace.object, "metadata");
    return this.everything().some(({ object }) => objectAt(object, "metadata").namespace === name);
  }

  #undefine(definition: JsonObject): void {
    for (const kind of definedKinds(definition)) {
      for (const one of this.all(kind)) this.#endOf(one);
      const at = this.#kinds.findIndex(
        ({ apiVersion, kind: name }) => apiVersion === kind.apiVersion && name === kind.kind,
      );
      if (at >= 0) this.#kinds.splice(at, 1);
    }
  }

  #define(definition: JsonObject): void {
    this.#undefineVersions(definition);
    this.#kinds.push(...definedKinds(definition));
  }

  #undefineVersions(definition: JsonObject): void {
    const { group, names } = objectAt(definition, "spec");
    const { kind } = objectAt({ names: names ?? null }, "names");
    for (const one of this.#kinds.filter((served) => groupOf(served.apiVersion) === group && served.kind === kind))
      this.#kinds.splice(this.#kinds.indexOf(one), 1);
  }

  #mayBeMade(kind: ServedKind, { namespace = "" }: ObjectReference): void {
    if (!kind.namespaced) return;
    const found = this.#objects.get(
      keyOf({ apiVersion: "v1", kind: "Namespace", namespaced: false }, undefined, namespace),
    );
    if (found === undefined)
      throw new UserError("not-found", `namespaces "${namespace}" not found`, { fix: "Create what is missing first." });
    if (objectAt(found.object, "metadata").deletionTimestamp !== undefined)
      throw new Fault("unavailable", `namespace ${namespace} is being terminated`);
  }

  /** What the API server adds, after it has found nothing wrong. */
  #filled(kind: ServedKind, reference: ObjectReference, draft: Draft, current: Stored | undefined): Stored {
    const problem = misfit(draft.object, kind);
    if (problem !== undefined) throw new UserError("input", problem, { fix: "Correct the manifest." });
    const before = current && objectAt(current.object, "metadata");
    const { name, namespace } = reference;
    const metadata = {
      ...objectAt(draft.object, "metadata"),
      name,
      ...(kind.namespaced && namespace !== undefined && { namespace }),
      uid: before?.uid ?? this.#nextUid(),
      creationTimestamp: before?.creationTimestamp ?? this.time,
      ...(before?.resourceVersion !== undefined && { resourceVersion: before.resourceVersion }),
      ...(before?.generation !== undefined && { generation: before.generation }),
      ...(before?.deletionTimestamp !== undefined && { deletionTimestamp: before.deletionTimestamp }),
    };
    const named = { ...draft.object, metadata };
    const object = (kind.defaults ?? ((one) => withSchemaDefaults(one, kind)))(named);
    if (current !== undefined) checkImmutable(kind, current.object, object);
    return { ...draft, kind, object };
  }

  #nextUid(): string {
    this.#uids += 1;
    return `00000000-0000-4000-8000-${String(this.#uids).padStart(12, "0")}`;
  }

  #store(stored: Stored): void {
    this.#versions += 1;
    const metadata: JsonObject = { ...objectAt(stored.object, "metadata"), resourceVersion: String(this.#versions) };
    const next = { ...stored, object: { ...stored.object, metadata } };
    this.#objects.set(keyOf(stored.kind, text(metadata.namespace), text(metadata.name) ?? ""), next);
  }

  /** What controllers do once an object was written. */
  #react({ kind, object }: Stored): void {
    const { namespace, name } = objectAt(object, "metadata");
    const now = (): Stored | undefined => this.find(kind, text(namespace), text(name) ?? "");
    if (isReleased(object)) return void this.#remove({ kind, object, managers: [] });
    if (kind.kind === "CustomResourceDefinition") this.#define(object);
    for (const controller of [establisher, ...this.#controllers]) {
      const stored = now();
      const status = stored && controller(stored.object);
      if (stored !== undefined && status !== undefined) this.setStatus(stored, status);
    }
  }
}

/** What is to be deleted, and is no longer held by anybody. */
function isReleased(object: JsonObject): boolean {
  const { deletionTimestamp, finalizers } = objectAt(object, "metadata");
  return deletionTimestamp !== undefined && !(Array.isArray(finalizers) && finalizers.length > 0);
}

function establisher({ kind }: JsonObject): JsonObject | undefined {
  if (kind !== "CustomResourceDefinition") return undefined;
  return { conditions: ["NamesAccepted", "Established"].map((type) => ({ type, status: "True" })) };
}

/** An object as the API server gives it, in the version that was asked for. */
export function liveOf({ object, managers, numbers }: Stored, apiVersion: string): LiveObject {
  const managedFields = managers.map(({ name, operation, subresource, time, fields }) => ({
    manager: name,
    operation,
    apiVersion,
    time,
    fieldsType: "FieldsV1",
    fieldsV1: fieldsV1(fields),
    ...(subresource && { subresource }),
  }));
  const metadata = { ...objectAt(object, "metadata"), managedFields };
  return { object: { ...object, apiVersion, metadata }, ...(numbers && { numbers }) };
}

/** The group of an `apiVersion`; empty for the first one. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

type KeyParts = Pick<ServedKind, "apiVersion" | "kind" | "namespaced">;

function keyOf({ apiVersion, kind, namespaced }: KeyParts, namespace: string | undefined, name: string): string {
  return [groupOf(apiVersion), kind, namespaced ? (namespace ?? "") : "", name].join("|");
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function equal(a: Stored, b: Stored): boolean {
  const shown = ({ object, managers }: Stored): string =>
    canonicalJson({
      object,
      managers: managers.map(({ name, operation, fields }) => [name, operation, ...[...fields].sort()]),
    });
  return shown(a) === shown(b);
}

/** It counts the changes of what somebody wants, in kinds that say what there is in a status. */
function withGeneration(kind: ServedKind, current: Stored | undefined, next: Stored): Stored {
  if (kind.builtIn && !kind.status) return next;
  const metadata = objectAt(next.object, "metadata");
  const { generation = 0 } = objectAt(current?.object ?? {}, "metadata");
  if (current !== undefined && canonicalJson(wantedOf(current.object)) === canonicalJson(wantedOf(next.object)))
    return next;
  return { ...next, object: { ...next.object, metadata: { ...metadata, generation: Number(generation) + 1 } } };
}

/** A rollout looks at the annotations of a Deployment too. */
function wantedOf({ metadata, status, ...rest }: JsonObject): JsonObject {
  const { annotations = {} } = isJsonObject(metadata) ? metadata : {};
  return rest.kind === "Deployment" ? { ...rest, annotations } : rest;
}

function withSchemaDefaults(object: JsonObject, { schema }: ServedKind): JsonObject {
  const filled = schema === undefined ? object : withDefaults(object, schema);
  return isJsonObject(filled) ? filled : object;
}

function checkImmutable(kind: ServedKind, before: JsonObject, after: JsonObject): void {
  const frozen = before.immutable === true ? [["data"], ["binaryData"], ["immutable"]] : [];
  for (const path of [...(kind.immutable ?? []), ...frozen]) {
    const [was, is] = [at(before, path), at(after, path)];
    if (was === undefined || canonicalJson(was) === canonicalJson(is ?? null)) continue;
    const { name } = objectAt(after, "metadata");
    throw new UserError("input", `${kind.kind} "${String(name)}" is invalid: ${path.join(".")}: field is immutable`, {
      fix: "Correct the manifest.",
    });
  }
}

function at(object: JsonObject, path: readonly string[]): Json | undefined {
  const [key = "", ...rest] = path;
  return rest.length === 0 ? object[key] : at(objectAt(object, key), rest);
}
