/** A JSON schema as data. */
export type Schema = Readonly<Record<string, unknown>>;

/** Whether a value is an object with string keys. */
export function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

const NAMED = new Set(["properties", "patternProperties", "definitions", "schemas"]);

/** The `$id` under which the shared definitions are added to a validator: compiled once, whoever refers to them. */
export const SHARED = "shared";

/** Turns OpenAPI 3.0's `nullable` into JSON Schema and points `$ref`s at the shared `definitions`. */
export function fromOpenApi(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map((item) => fromOpenApi(item));
  if (!isSchema(value)) return value;
  const { nullable, ...rest } = named ? { nullable: undefined, ...value } : value;
  const entries = Object.entries(rest).map(([key, item]) => [key, convertKey(key, item, named)]);
  const schema = Object.fromEntries(entries);
  return nullable === true ? { anyOf: [{ type: "null" }, schema] } : schema;
}

function convertKey(key: string, item: unknown, named: boolean): unknown {
  if (!named && key === "$ref" && typeof item === "string")
    return item.replace("#/components/schemas/", `${SHARED}#/definitions/`);
  return fromOpenApi(item, !named && NAMED.has(key));
}

/** Refuses unknown keys wherever an object names its properties and does not say otherwise. */
export function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isSchema(value)) return value;
  const properties = value.properties;
  if (!isSchema(properties)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  }
  // Alternatives beside properties add requirements to the same object; they do not list all of its keys.
  return {
    ...value,
    properties: Object.fromEntries(Object.entries(properties).map(([key, item]) => [key, closed(item)])),
    ...(isSchema(value.items) ? { items: closed(value.items) } : {}),
    additionalProperties: value.additionalProperties ?? false,
  };
}
