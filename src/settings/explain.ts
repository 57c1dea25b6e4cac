import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import { type KeyPath, pathText, type Remark, wrong } from "../model/problem.ts";

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map",
  record: "a map",
};

const seePage = "See docs/server-settings.md.";
const mostIssues = 100;

/** The settings as a JSON schema, of what people write. */
export function settingsJsonSchema(schema: z.ZodType): JsonObject {
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return z.record(z.string(), z.json()).parse(made);
}

/** What the schema found wrong with settings, in sentences that quote keys but never values, since those may be secrets. `value` is what was checked. */
export function explainSettings(issues: readonly Issue[], value: unknown, schema: z.ZodType): readonly Remark[] {
  const known = settingsJsonSchema(schema);
  return issues.slice(0, mostIssues).flatMap((issue) => explain(issue, value, known));
}

function explain(issue: Issue, value: unknown, schema: JsonObject): readonly Remark[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const given = at(value, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, mostIssues).map((key) => unknownKey(path, key, keysAt(schema, path, value)));
    case "invalid_type": {
      if (given === undefined && path.length > 0) return [missing(path)];
      const what = typeNames[issue.expected] ?? issue.expected;
      return [wrong(path, `${named(path)} must be ${what}, not ${kindOf(given)}`, hint(schema, path, value))];
    }
    case "invalid_value":
      return [choice(path, given, issue.values.map(String))];
    case "invalid_union":
      return [union(issue, path, value, schema)];
    default:
      return [wrong(path, `${named(path)} ${sentence(issue.message)}`, fixOf(issue) ?? hint(schema, path, value))];
  }
}

function unknownKey(path: KeyPath, key: string, keys: readonly string[]): Remark {
  const meant = nearest(key, keys);
  const list = keys.length === 0 ? seePage : `The keys here are ${keys.map((name) => `\`${name}\``).join(", ")}.`;
  const fix = meant === undefined ? `Take it out. ${list}` : `Did you mean \`${meant}\`?`;
  const place = path.length === 0 ? "the file" : `\`${pathText(path)}\``;
  return { ...wrong([...path, key], `\`${key.slice(0, 80)}\` is not a key of ${place}`, fix), at: "key" };
}

function missing(path: KeyPath): Remark {
  const parent = path.slice(0, -1);
  return wrong(parent, `${named(parent)} has no \`${String(path.at(-1))}\``, `Add it. ${seePage}`);
}

function choice(path: KeyPath, given: unknown, options: readonly string[]): Remark {
  if (given === undefined) return missing(path);
  const meant = typeof given === "string" ? nearest(given, options) : undefined;
  const list = `It can be ${options.map((option) => `\`${option}\``).join(", ")}.`;
  const fix = meant === undefined ? list : `Did you mean \`${meant}\`? ${list}`;
  return wrong(path, `${named(path)} is none of the values that it can have`, fix);
}

/** Of a union of maps told apart by a key, the key is wrong; else the union says itself what it wants. */
function union(issue: z.core.$ZodIssueInvalidUnion, path: KeyPath, value: unknown, schema: JsonObject): Remark {
  if (issue.discriminator !== undefined) {
    const key = [...path.slice(0, path.at(-1) === issue.discriminator ? -1 : undefined), issue.discriminator];
    return choice(key, at(value, key), constants(walk(schema, key.slice(0, -1), value), issue.discriminator));
  }
  if (at(value, path) === undefined && path.length > 0) return missing(path);
  return wrong(path, `${named(path)} ${sentence(issue.message)}`, hint(schema, path, value));
}

/** What a check says: "must be …" as it is; what zod says itself after a colon. */
function sentence(message: string): string {
  return /^[a-z]/.test(message) ? message : `is refused: ${message}`;
}

function fixOf(issue: Issue): string | undefined {
  const params: unknown = issue.code === "custom" ? issue.params : undefined;
  const fix: unknown = typeof params === "object" && params !== null ? Reflect.get(params, "fix") : undefined;
  return typeof fix === "string" ? fix : undefined;
}

/** The schema's own words and example. */
function hint(schema: JsonObject, path: KeyPath, value: unknown): string {
  const found = walk(schema, path, value);
  const description = found.map((one) => one.description).find((text) => typeof text === "string");
  const examples = found.map((one) => one.examples).find((list) => Array.isArray(list));
  const example = examples?.[0] === undefined ? "" : `For example \`${JSON.stringify(examples[0])}\`.`;
  return [description, example].filter(Boolean).join(" ") || seePage;
}

function keysAt(schema: JsonObject, path: KeyPath, value: unknown): readonly string[] {
  const maps = walk(schema, path, value).map((one) => one.properties);
  return [...new Set(maps.flatMap((map) => (isJsonObject(map) ? Object.keys(map) : [])))];
}

function constants(schemas: readonly JsonObject[], key: string): readonly string[] {
  const found = schemas.map((one) => property(one, key));
  return found
    .flatMap((one) => (one === undefined ? [] : Array.isArray(one.enum) ? one.enum : [one.const]))
    .map(String);
}

/** The parts of the schema that may describe what stands at the path; of a union those whose `kind` it has, or all. */
function walk(schema: JsonObject, path: KeyPath, value: unknown): readonly JsonObject[] {
  let here = branches(schema, value);
  for (const [index, step] of path.entries()) {
    const inner = at(value, path.slice(0, index + 1));
    here = here.flatMap((one) => {
      const next = typeof step === "number" ? one.items : property(one, step);
      return isJsonObject(next) ? branches(next, inner) : [];
    });
  }
  return here;
}

function branches(schema: JsonObject, value: unknown): readonly JsonObject[] {
  const options: Json | undefined = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(options)) return [schema];
  const all = options.filter((option) => isJsonObject(option)).flatMap((option) => branches(option, value));
  const kind = at(value, ["kind"]);
  const chosen = all.filter((option) => typeof kind === "string" && constants([option], "kind").includes(kind));
  return chosen.length > 0 ? chosen : all;
}

function property(schema: JsonObject, key: string | number): JsonObject | undefined {
  const { properties } = schema;
  const found = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isJsonObject(found) ? found : undefined;
}

function named(path: KeyPath): string {
  return path.length === 0 ? "The file" : `\`${pathText(path)}\``;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeNames[typeof value] ?? "that";
}

function at(value: unknown, path: KeyPath): unknown {
  let here = value;
  for (const step of path) here = typeof here === "object" && here !== null ? Reflect.get(here, step) : undefined;
  return here;
}
