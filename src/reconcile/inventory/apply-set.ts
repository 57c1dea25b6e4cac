import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { ObjectReference } from "../../model/kube.ts";
import type { Member } from "./members.ts";

/**
 * What marks a set of objects that are applied together, after KEP-3659, so that `kubectl` and others see whose they
 * are. The parent is a ConfigMap. The prefix is that of the implementation (`kubectl/pkg/cmd/apply/applyset.go`): the
 * text of the proposal has another one.
 */
const prefix = "applyset.kubernetes.io/";
/** On the parent: the id of the set. */
export const idLabel = `${prefix}id`;
/** On each member: the id of its set. */
export const partOfLabel = `${prefix}part-of`;
/** On the parent: who keeps the set. */
export const toolingAnnotation = `${prefix}tooling`;
const kindsAnnotation = `${prefix}contains-group-kinds`;
const namespacesAnnotation = `${prefix}additional-namespaces`;
const tool = "sluice";

/**
 * A name for the object that keeps something of Sluice's in a cluster: readable, and another one for each list of
 * parts, also where somebody chooses parts until they find the name of another list.
 */
export function keeperName(...parts: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
  const readable = parts
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return [tool, ...readable.slice(-28).split("-").filter(Boolean), hash].join("-");
}

/** The id of the set whose parent is this ConfigMap. */
export function setId({ namespace, name }: Required<Pick<ObjectReference, "namespace" | "name">>): string {
  const hash = createHash("sha256").update(`${name}.${namespace}.ConfigMap.`).digest("base64url");
  return `applyset-${hash}-v1`;
}

/** The marks of a parent with these members. `namespace` is the parent's own. */
export function parentMarks(id: string, namespace: string, members: readonly Member[]): ParentMarks {
  const kinds = members.map(({ group, kind }) => (group === "" ? kind : `${kind}.${group}`));
  const namespaces = members.map((member) => member.namespace).filter((one) => one !== "" && one !== namespace);
  return {
    labels: { [idLabel]: id, "app.kubernetes.io/managed-by": tool },
    annotations: {
      [toolingAnnotation]: `${tool}/v1`,
      [kindsAnnotation]: list(kinds),
      [namespacesAnnotation]: list(namespaces),
    },
  };
}

/** Labels and annotations of a parent. */
export interface ParentMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function list(names: readonly string[]): string {
  return [...new Set(names)].sort().join(",");
}

/** Why an object is not the parent of the set; `undefined` when it is. */
export function parentRefusal(object: JsonObject, id: string): string | undefined {
  const [label, tooling] = [markOf(object, "labels", idLabel), markOf(object, "annotations", toolingAnnotation)];
  if (label === undefined) return "is something else's";
  if (label !== id) return `says that it keeps another set, ${label}`;
  if (tooling?.split("/")[0] !== tool) return `is kept by another tool, ${tooling ?? "without a name"}`;
  return undefined;
}

function markOf(object: JsonObject, field: "labels" | "annotations", name: string): string | undefined {
  const value = below(below(object, "metadata"), field)[name];
  return typeof value === "string" ? value : undefined;
}

function below(object: JsonObject, key: string): JsonObject {
  const value: Json | undefined = object[key];
  return isJsonObject(value) ? value : {};
}
