import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { KeyPath } from "../../model/problem.ts";
import { configSchema } from "./schema.ts";

const schemaId = "urn:sluice:schema:config:1";

const jsonObject = z.record(z.string(), z.json());

/** The JSON schema (2020-12) of `.sluice.yaml` as people write it. Regular expressions and cross-field rules are not all expressed. */
export function configJsonSchema(): JsonObject {
  const made = z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const examples: unknown = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  const { $schema, ...rest } = jsonObject.parse(made);
  return { ...($schema === undefined ? {} : { $schema }), $id: schemaId, ...rest };
}

let known: JsonObject | undefined;

/** The part of the JSON schema that describes what stands at `path` of `value`; `undefined` where nothing is known. Unions are chosen by `engine`. */
export function schemaAt(path: KeyPath, value: unknown): JsonObject | undefined {
  known ??= configJsonSchema();
  let schema: JsonObject | undefined = known;
  let here: unknown = value;
  for (const step of path) {
    if (schema === undefined) return undefined;
    schema = childSchema(branch(schema, here), step);
    here = typeof here === "object" && here !== null ? Reflect.get(here, step) : undefined;
  }
  return schema === undefined ? undefined : branch(schema, here);
}

function childSchema(schema: JsonObject, step: string | number): JsonObject | undefined {
  const { properties, items, additionalProperties } = schema;
  if (typeof step === "number") return isJsonObject(items) ? items : undefined;
  if (isJsonObject(properties) && Object.hasOwn(properties, step)) return object(properties[step]);
  return object(additionalProperties);
}

function branch(schema: JsonObject, value: unknown): JsonObject {
  const options = schema.oneOf;
  if (!Array.isArray(options)) return schema;
  const engine = typeof value === "object" && value !== null ? Reflect.get(value, "engine") : undefined;
  const chosen = options
    .filter((option) => isJsonObject(option))
    .find((option) => constOf(option, "engine") === engine);
  return chosen ?? schema;
}

function constOf(schema: JsonObject, key: string): Json | undefined {
  return object(object(schema.properties)?.[key])?.const;
}

function object(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
