import { groupOf } from "../../diff/item.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { ObjectReference } from "../../model/kube.ts";
import type { Resource } from "../../model/render.ts";

/** An object that a cluster is to have, in the form in which it is sent. */
export interface Manifest extends Resource {
  readonly reference: ObjectReference;
  /** Of its identity: equal for two manifests of the same object. */
  readonly key: string;
}

/** What makes an object one of its own: the version of its kind does not count. */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What identifies the object that a reference means. */
export function identityOf({ apiVersion, kind, namespace = "", name }: ObjectReference): Identity {
  return { group: groupOf(apiVersion), kind, namespace, name };
}

/** An identity as a text; different identities have different texts. */
export function keyOf({ group, kind, namespace, name }: Identity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** `Kind name in namespace`, for messages. */
export function labelOf({ kind, name, namespace }: Pick<ObjectReference, "kind" | "name" | "namespace">): string {
  return `${kind} ${name}${namespace === undefined ? "" : ` in ${namespace}`}`;
}

/** The object below a path of keys; an empty one where there is none. */
export function objectAt(object: JsonObject, ...path: readonly string[]): JsonObject {
  let here = object;
  for (const key of path) {
    const next = Object.hasOwn(here, key) ? here[key] : undefined;
    here = isJsonObject(next) ? next : {};
  }
  return here;
}

/** The text below a path of keys; `""` where there is none. */
export function textAt(object: JsonObject, ...path: readonly string[]): string {
  const last = path.at(-1) ?? "";
  const parent = objectAt(object, ...path.slice(0, -1));
  const found = Object.hasOwn(parent, last) ? parent[last] : undefined;
  return typeof found === "string" ? found : "";
}

/** The value of an annotation; `""` where there is none. */
export function annotation(object: JsonObject, name: string): string {
  return textAt(object, "metadata", "annotations", name);
}

/** The object with the object below `path` replaced; those on the way are made where they are missing. */
export function withObject(object: JsonObject, path: readonly string[], value: JsonObject): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return { ...object, [key]: withObject(objectAt(object, key), rest, value) };
}

/** The object with these labels or annotations besides its own. */
export function withMetadata(
  object: JsonObject,
  field: "labels" | "annotations",
  values: Readonly<Record<string, string>>,
): JsonObject {
  const path = ["metadata", field];
  return withObject(object, path, { ...objectAt(object, ...path), ...values });
}
