import { groupOf } from "../../diff/item.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Resource } from "../../model/render.ts";
import { objectAt, withObject } from "./manifest.ts";

/**
 * The object as it is sent: without what only the API server writes, a Secret's texts encoded, ports with their
 * protocol, since that is part of what identifies them. Works on plain JSON: no field is unknown here.
 */
export function normalise({ object, numbers, ...rest }: Resource): Resource {
  const normal = steps.reduce((current, step) => step(current), object);
  if (numbers === undefined) return { ...rest, object: normal };
  const left = Object.entries(numbers).filter(([pointer]) => typeof valueAt(normal, pointer) === "number");
  return { ...rest, object: normal, ...(left.length > 0 && { numbers: Object.fromEntries(left) }) };
}

const steps: readonly ((object: JsonObject) => JsonObject)[] = [
  withoutServerFields,
  withEncodedSecret,
  withServiceProtocols,
  withContainerProtocols,
  withoutConversionBundle,
];

const serverFields = new Set([
  "managedFields",
  "resourceVersion",
  "uid",
  "creationTimestamp",
  "generation",
  "selfLink",
]);

/** The status of a definition is left out as that of all others is: the API server sets it. */
function withoutServerFields(object: JsonObject): JsonObject {
  const metadata = omit(objectAt(object, "metadata"), (key, value) => serverFields.has(key) || value === null);
  return { ...omit(object, (key) => key === "status"), metadata };
}

function withEncodedSecret(object: JsonObject): JsonObject {
  if (!isKind(object, "", "Secret") || !isJsonObject(object.stringData)) return object;
  const texts = Object.entries(object.stringData);
  // What is no text stays where it is: the API server says what is wrong with it.
  if (texts.some(([, value]) => typeof value !== "string")) return object;
  const encoded = texts.map(([key, value]) => [key, Buffer.from(String(value), "utf8").toString("base64")]);
  return { ...omit(object, (key) => key === "stringData"), data: merged(objectAt(object, "data"), encoded) };
}

function merged(data: JsonObject, entries: readonly (readonly Json[])[]): JsonObject {
  return Object.fromEntries([...Object.entries(data), ...entries]);
}

function withServiceProtocols(object: JsonObject): JsonObject {
  return isKind(object, "", "Service") ? mapList(object, ["spec"], "ports", withProtocol) : object;
}

/** Where the built-in kinds keep the spec of their Pods. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  "/Pod": ["spec"],
  "/PodTemplate": ["template", "spec"],
  "/ReplicationController": ["spec", "template", "spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "apps/DaemonSet": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Where an object keeps the spec of its Pods; `undefined` when it has none. */
export function podSpecPath({ apiVersion, kind }: JsonObject): readonly string[] | undefined {
  const type = `${typeof apiVersion === "string" ? groupOf(apiVersion) : "?"}/${String(kind)}`;
  return Object.hasOwn(podSpecs, type) ? podSpecs[type] : undefined;
}

function withContainerProtocols(object: JsonObject): JsonObject {
  const path = podSpecPath(object);
  if (path === undefined) return object;
  return ["initContainers", "containers"].reduce(
    (current, field) => mapList(current, path, field, (container) => mapList(container, [], "ports", withProtocol)),
    object,
  );
}

function withProtocol(port: JsonObject): JsonObject {
  return port.protocol === undefined || port.protocol === "" ? { ...port, protocol: "TCP" } : port;
}

/** Filled in by what owns the webhook; one from Git would undo that with each apply. */
function withoutConversionBundle(object: JsonObject): JsonObject {
  const path = ["spec", "conversion", "webhook", "clientConfig"];
  const config = objectAt(object, ...path);
  if (!isDefinition(object) || config.caBundle === undefined) return object;
  return withObject(
    object,
    path,
    omit(config, (key) => key === "caBundle"),
  );
}

/** Whether an object defines a kind. */
export function isDefinition(object: JsonObject): boolean {
  return isKind(object, "apiextensions.k8s.io", "CustomResourceDefinition");
}

function isKind({ apiVersion, kind }: JsonObject, group: string, name: string): boolean {
  return kind === name && typeof apiVersion === "string" && groupOf(apiVersion) === group;
}

function omit(object: JsonObject, without: (key: string, value: Json) => boolean): JsonObject {
  const entries = Object.entries(object);
  const left = entries.filter(([key, value]) => !without(key, value));
  return left.length === entries.length ? object : Object.fromEntries(left);
}

/** The object with each object of the list `field` below `path` mapped. */
function mapList(
  object: JsonObject,
  path: readonly string[],
  field: string,
  map: (item: JsonObject) => JsonObject,
): JsonObject {
  const parent = objectAt(object, ...path);
  const list = parent[field];
  if (!Array.isArray(list)) return object;
  const mapped = list.map((item: Json) => (isJsonObject(item) ? map(item) : item));
  return withObject(object, path, { ...parent, [field]: mapped });
}

/** What a JSON pointer points at. */
function valueAt(object: JsonObject, pointer: string): Json | undefined {
  let here: Json | undefined = object;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isJsonObject(here)) here = Object.hasOwn(here, key) ? here[key] : undefined;
    else if (Array.isArray(here)) here = here[Number(key)];
    else return undefined;
  }
  return here;
}
