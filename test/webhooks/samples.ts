import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isSchema } from "../support/json-schema.ts";
import { createEventValidator } from "../support/webhook-schemas.ts";

type Json = Record<string, unknown>;

const file = createRequire(import.meta.url).resolve("@octokit/webhooks-schemas/schema.json");
const all: unknown = JSON.parse(readFileSync(file, "utf8"));
const definitions: Json = isSchema(all) && isSchema(all.definitions) ? all.definitions : {};
const validate = createEventValidator();

/**
 * A payload as GitHub describes it: what the schema requires, with these parts in place of the schema's own. Throws
 * when it is not what `@octokit/webhooks-schemas` allows. `action` is null for events that have none.
 */
export function sample(event: string, action: string | null, parts: Json): Json {
  const schema = definitions[action === null ? `${event}$event` : `${event}$${action}`];
  const made = merged(leastOf(schema), parts);
  const payload = isSchema(made) ? made : {};
  const wrong = validate({ guid: "0", event, action, payload });
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return payload;
}

/** The least value that a schema takes. */
function leastOf(schema: unknown): unknown {
  if (!isSchema(schema)) return null;
  if (typeof schema.$ref === "string") return leastOf(definitions[schema.$ref.slice("#/definitions/".length)]);
  if (Array.isArray(schema.allOf)) return schema.allOf.map(leastOf).reduce(merged);
  const [choice] = [schema.oneOf, schema.anyOf].flatMap((list: unknown) => (Array.isArray(list) ? [list[0]] : []));
  if (choice !== undefined) return leastOf(choice);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || schema.properties !== undefined) return objectOf(schema);
  return plainValue(type, schema.format);
}

function objectOf(schema: Json): Json {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(required.map((key) => [String(key), leastOf(properties[String(key)])]));
}

function plainValue(type: unknown, format: unknown): unknown {
  if (type === "string") return format === "uri" ? "https://github.test" : "2026-11-23T09:00:00Z";
  if (type === "integer" || type === "number") return 1;
  if (type === "boolean") return false;
  return type === "array" ? [] : null;
}

function merged(one: unknown, other: unknown): unknown {
  if (!isSchema(one) || !isSchema(other)) return other;
  const parts = Object.entries(other).map(([key, value]) => [key, key in one ? merged(one[key], value) : value]);
  return { ...one, ...Object.fromEntries(parts) };
}
