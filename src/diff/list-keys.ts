import { isObject, NumberText, textAt, type Value } from "./value.ts";

/** Fields that name an item of a list, the likeliest first. */
const naming = [
  "name",
  "key",
  "id",
  "containerPort",
  "mountPath",
  "devicePath",
  "port",
  "host",
  "path",
  "ip",
  "topologyKey",
  "type",
  "uid",
];

/**
 * Lists whose order does not count, by the name of their field, with the fields that tell their items apart: the merge
 * keys of the Kubernetes API. Lists of which the order matters (initContainers, envFrom, args, tolerations) are not
 * here.
 */
const unordered: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  ephemeralContainers: [["name"]],
  env: [["name"]],
  ports: [["containerPort", "protocol"], ["port", "protocol"], ["name"]],
  volumes: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  volumeClaimTemplates: [["metadata.name"]],
  imagePullSecrets: [["name"]],
  secrets: [["name"]],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  resourceClaims: [["name"]],
  subjects: [["kind", "namespace", "name"]],
  webhooks: [["name"]],
  configMapGenerator: [["name"]],
  secretGenerator: [["name"]],
};

/** How a list item is called in a path: the value of its naming field, else its index. */
export function itemName(item: Value, index: number): string {
  if (isObject(item)) {
    for (const field of naming) {
      const value = item[field];
      if (typeof value === "string" && value !== "") return value;
      if (typeof value === "number") return String(value);
    }
    const nested = textAt(item, "metadata", "name");
    if (nested !== "") return nested;
  }
  return String(index);
}

/**
 * The keys of the items of a list whose order does not count, `undefined` when the list is not such a one or its keys
 * are not unique.
 */
export function mergeKeys(field: string, list: readonly Value[]): readonly string[] | undefined {
  if (!Object.hasOwn(unordered, field) || (field === "env" && list.some(refersToOthers))) return undefined;
  for (const fields of unordered[field] ?? []) {
    const keys = list.map((item) => mergeKey(item, fields));
    if (keys.every((key) => key !== undefined) && new Set(keys).size === keys.length) return keys;
  }
  return undefined;
}

/** `$(NAME)` in a variable's value reads a variable that stands before it: there the order counts. */
function refersToOthers(item: Value): boolean {
  return textAt(item, "value").includes("$(");
}

function mergeKey(item: Value, fields: readonly string[]): string | undefined {
  if (!isObject(item)) return undefined;
  const [first = "", ...others] = fields;
  const leading = first === "metadata.name" ? textAt(item, "metadata", "name") : item[first];
  if (leading === undefined || leading === "") return undefined;
  return [leading, ...others.map((field) => item[field])].map(keyText).join("\n");
}

function keyText(value: Value | undefined): string {
  if (value instanceof NumberText) return value.text;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}
