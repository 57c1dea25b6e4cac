import type { z } from "zod";
import { isJsonObject } from "../../model/json.ts";
import { nearest } from "../../model/nearest.ts";
import { type KeyPath, pathText, quoted, type Remark, wrong } from "../../model/problem.ts";
import { schemaAt } from "../schema/json-schema.ts";

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};

/** More than anybody reads; the rest of a hostile file costs nothing. */
const mostIssues = 200;

/** What the schema found wrong, in sentences: one remark for each unknown key and for each other issue, of the first 200. `value` is what was checked. */
export function explainIssues(issues: readonly Issue[], value: unknown): readonly Remark[] {
  return issues.slice(0, mostIssues).flatMap((issue) => explain(issue, value));
}

function explain(issue: Issue, value: unknown): readonly Remark[] {
  const path = keyPath(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, mostIssues).map((key) => unknownKey(path, key, value));
    case "invalid_key":
      return issue.issues.map((inner) => ({ ...badKey(path, inner), at: "key" }));
    case "invalid_union":
      return [badChoice(path, "options" in issue && Array.isArray(issue.options) ? issue.options : [], value)];
    case "invalid_value":
      return [badChoice(path, issue.values, value)];
    case "invalid_type":
      return [badType(path, issue.expected, value)];
    case "too_big":
    case "too_small":
      return [badSize(path, issue, value)];
    case "custom":
      return [refused(path, issue, value)];
    default:
      return [wrong(path, `${named(path)} cannot be ${quoted(valueAt(value, path))}`, hint(path, value))];
  }
}

function unknownKey(path: KeyPath, key: string, value: unknown): Remark {
  const properties = schemaAt(path, value)?.properties;
  const keys = isJsonObject(properties) ? Object.keys(properties) : [];
  const meant =
    nearest(
      key,
      keys.filter((name) => !Object.hasOwn(objectAt(value, path), name)),
    ) ?? nearest(key, keys);
  const place = path.length === 0 ? "the configuration" : `\`${pathText(path)}\``;
  const list = `The keys here are ${listed(keys)}.`;
  const fix = meant === undefined ? `Take it out. ${list}` : `Did you mean \`${meant}\`?`;
  return { ...wrong([...path, key], `\`${key}\` is not a key of ${place}`, fix), at: "key" };
}

function badKey(path: KeyPath, inner: { readonly message: string; readonly code?: string | undefined }): Remark {
  const key = path.at(-1);
  const fix = "params" in inner ? fixOf(inner.params) : undefined;
  const parent = pathText(path.slice(0, -1));
  return wrong(path, `The key ${quoted(key)} of \`${parent}\` ${inner.message}`, fix ?? "Write another key.");
}

function badChoice(path: KeyPath, options: readonly unknown[], value: unknown): Remark {
  const given = valueAt(value, path);
  if (given === undefined) return missing(path, value);
  const names = options.map((option) => String(option));
  const meant = typeof given === "string" ? nearest(given, names) : undefined;
  const list = names.length === 1 ? `It must be ${quoted(options[0])}.` : `It can be ${listed(names)}.`;
  const fix = meant === undefined ? list : `Did you mean \`${meant}\`? ${list}`;
  return wrong(path, `${named(path)} cannot be ${quoted(given)}`, fix);
}

function badType(path: KeyPath, expected: string, value: unknown): Remark {
  const given = valueAt(value, path);
  if (given === undefined) return missing(path, value);
  const what = typeNames[expected] ?? expected;
  const scalar = typeof given === "number" || typeof given === "boolean";
  const fix = expected === "string" && scalar ? `Put it in quotes: \`"${given}"\`.` : hint(path, value);
  if (given === null) return wrong(path, `${named(path)} is empty, it must be ${what}`, fix);
  return wrong(path, `${named(path)} must be ${what}, not ${describe(given)}`, fix);
}

function missing(path: KeyPath, value: unknown): Remark {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1) ?? "");
  const owner = parent.length === 0 ? "The configuration" : named(parent);
  return wrong(parent, `${owner} has no \`${key}\``, `Add it. ${hint(path, value)}`);
}

function badSize(path: KeyPath, issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, value: unknown): Remark {
  const bound = issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  if (issue.origin === "array") {
    const given = valueAt(value, path);
    const length = Array.isArray(given) ? given.length : 0;
    return wrong(path, `${named(path)} has ${length} entries, it must have ${bound}`, hint(path, value));
  }
  return wrong(path, `${named(path)} is ${quoted(valueAt(value, path))}, it must be ${bound}`, hint(path, value));
}

function refused(path: KeyPath, issue: z.core.$ZodIssueCustom, value: unknown): Remark {
  const given = valueAt(value, path);
  const scalar = typeof given !== "object";
  const message = `${named(path)}${scalar ? `: ${quoted(given)}` : ""} ${issue.message}`;
  return wrong(path, message, fixOf(issue.params) ?? hint(path, value));
}

function fixOf(params: unknown): string | undefined {
  const fix: unknown = typeof params === "object" && params !== null ? Reflect.get(params, "fix") : undefined;
  return typeof fix === "string" ? fix : undefined;
}

/** What belongs at the path, from the schema's own words and example. */
function hint(path: KeyPath, value: unknown): string {
  const schema = schemaAt(path, value);
  const description = typeof schema?.description === "string" ? schema.description : "";
  const examples = schema?.examples;
  const example: unknown = Array.isArray(examples) ? examples[0] : schema?.const;
  const key = path.findLast((step) => typeof step === "string");
  const shown =
    example === undefined || typeof path.at(-1) === "number" ? "" : `For example \`${key}: ${flow(example)}\`.`;
  return [description, shown].filter((part) => part !== "").join(" ") || "See docs/configuration.md.";
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9 ./_-]*$/.test(value) ? value : JSON.stringify(value);
}

function named(path: KeyPath): string {
  return path.length === 0 ? "The configuration" : `\`${pathText(path)}\``;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? `the text ${quoted(value)}` : quoted(value);
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let here = value;
  for (const step of path) here = typeof here === "object" && here !== null ? Reflect.get(here, step) : undefined;
  return here;
}

function objectAt(value: unknown, path: KeyPath): object {
  const found = valueAt(value, path);
  return typeof found === "object" && found !== null ? found : {};
}

function keyPath(path: readonly PropertyKey[]): KeyPath {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}
