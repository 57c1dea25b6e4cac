import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import { objectAt, type ServedKind } from "./kinds.ts";

/** What is wrong with an object, as `.spec.size: …`; `undefined` where it fits. */
export function misfit(object: JsonObject, { fields, schema }: ServedKind): string | undefined {
  const known = fields && new Set([...fields, "apiVersion", "kind", "metadata"]);
  const unknown = known && Object.keys(object).find((key) => !known.has(key));
  if (unknown !== undefined) return `.${unknown}: field not declared in schema`;
  return schema === undefined ? undefined : schemaMisfit(object, schema, "");
}

/** As far as tests need it: unknown fields and `enum`. */
function schemaMisfit(value: Json, schema: JsonObject, path: string): string | undefined {
  if (Array.isArray(schema.enum) && !schema.enum.some((one: Json) => one === value))
    return `${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${schema.enum.map((one: Json) => JSON.stringify(one)).join(", ")}`;
  if (!isJsonObject(value)) return undefined;
  const properties = {
    ...objectAt(schema, "properties"),
    ...(path === "" && { apiVersion: {}, kind: {}, metadata: {} }),
  };
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.properties === undefined;
  return Object.entries(value)
    .filter(([key]) => path !== "" || key !== "metadata")
    .map(([key, item]) => {
      const below = Object.hasOwn(properties, key) ? objectAt(properties, key) : undefined;
      if (below !== undefined) return schemaMisfit(item, below, `${path}.${key}`);
      return open ? undefined : `${path}.${key}: field not declared in schema`;
    })
    .find((problem) => problem !== undefined);
}

/** An object with the defaults of its schema. */
export function withDefaults(value: Json, schema: JsonObject): Json {
  if (!isJsonObject(value)) return value;
  const properties = Object.entries(objectAt(schema, "properties"));
  const filled = properties.flatMap(([key, below]): [string, Json][] => {
    if (!isJsonObject(below)) return [];
    const item = value[key] ?? below.default;
    return item === undefined ? [] : [[key, withDefaults(item, below)]];
  });
  return { ...value, ...Object.fromEntries(filled) };
}
