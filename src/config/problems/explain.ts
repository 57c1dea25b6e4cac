import type { z } from "zod";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { nearest } from "../../model/nearest.ts";
import { type KeyPath, pathText, quoted, type Remark, wrong } from "../../model/problem.ts";
import { durationPattern, parseDuration } from "../values/durations.ts";
import { constants, optionsFor, schemasAt, valueAt } from "./schema-at.ts";

type Issue = z.core.$ZodIssue;

/** The file that is checked. */
export interface CheckedFile {
  /** What was read from the file. */
  readonly value: unknown;
  /** JSON schema of the file as people write it, with descriptions and examples. */
  readonly schema: JsonObject;
  /** The page that documents the file, such as `docs/configuration.md`. */
  readonly page: string;
  /** Whether messages may quote values of the file: not where they may be secrets. */
  readonly quotesValues: boolean;
  /** New names of renamed keys, by their old names. */
  readonly renamed?: Readonly<Record<string, string>>;
}

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
const maxIssues = 200;

/**
 * Explains what zod found wrong with a file: one remark for each unknown key and each other issue, for the first 200.
 */
export function explainIssues(issues: readonly Issue[], file: CheckedFile): readonly Remark[] {
  return issues.slice(0, maxIssues).flatMap((issue) => explain(issue, file));
}

function explain(issue: Issue, file: CheckedFile): readonly Remark[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, maxIssues).map((key) => unknownKey(path, key, file));
    case "invalid_key":
      return issue.issues.map((inner) => badKey(path, inner));
    case "invalid_union":
      return [badUnion(path, issue, file)];
    case "invalid_value":
      return [badChoice(path, issue.values, file)];
    case "invalid_type":
      return [badType(path, issue.expected, file)];
    case "too_big":
    case "too_small":
      return [badSize(path, issue, file)];
    default:
      return [refused(path, issue, file)];
  }
}

function unknownKey(path: KeyPath, key: string, file: CheckedFile): Remark {
  const keys = keysAt(path, file);
  const given = valueAt(file.value, path);
  const isFree = (name: string) => typeof given !== "object" || given === null || !Object.hasOwn(given, name);
  const renamed = Object.hasOwn(file.renamed ?? {}, key) ? file.renamed?.[key] : undefined;
  if (renamed !== undefined && keys.includes(renamed)) {
    const fix = isFree(renamed) ? "Rename the key." : `Delete it: \`${renamed}\` is there already.`;
    return { ...wrong([...path, key], `\`${key}\` is called \`${renamed}\` now`, fix), at: "key" };
  }
  const meant = nearest(key, keys.filter(isFree)) ?? nearest(key, keys);
  const list = keys.length === 0 ? `See ${file.page}.` : `The keys here are ${listed(keys)}.`;
  const fix = meant === undefined ? `Delete it. ${list}` : `Did you mean \`${meant}\`?`;
  const place = path.length === 0 ? "the file" : `\`${pathText(path)}\``;
  return { ...wrong([...path, key], `\`${key.slice(0, 80)}\` is not a key of ${place}`, fix), at: "key" };
}

function keysAt(path: KeyPath, { schema, value }: CheckedFile): readonly string[] {
  const maps = schemasAt(schema, path, value).flatMap((one) => optionsFor(one, valueAt(value, path)));
  return [...new Set(maps.flatMap(({ properties }) => (isJsonObject(properties) ? Object.keys(properties) : [])))];
}

function badKey(path: KeyPath, inner: { readonly message: string }): Remark {
  const fix = "params" in inner ? fixOf(inner.params) : undefined;
  const parent = pathText(path.slice(0, -1));
  const message = `The key ${quoted(path.at(-1))} of \`${parent}\` ${inner.message}`;
  return { ...wrong(path, message, fix ?? "Write another key."), at: "key" };
}

/** In a union of maps that one key tells apart, that key is wrong. Any other union has its own message. */
function badUnion(path: KeyPath, issue: z.core.$ZodIssueInvalidUnion, file: CheckedFile): Remark {
  const { discriminator } = issue;
  if (discriminator === undefined) return refused(path, issue, file);
  const key = path.at(-1) === discriminator ? path : [...path, discriminator];
  const schemas = schemasAt(file.schema, key, file.value);
  return badChoice(
    key,
    schemas.flatMap((one) => constants(one)),
    file,
  );
}

function badChoice(path: KeyPath, options: readonly unknown[], file: CheckedFile): Remark {
  const given = valueAt(file.value, path);
  const list = options.length === 1 ? `It must be ${quoted(options[0])}.` : `It can be ${listed(options.map(String))}.`;
  if (given === undefined) return missing(path, file, options.length > 1 ? list : undefined);
  const meant = typeof given === "string" ? nearest(given, options.map(String)) : undefined;
  const fix = meant === undefined ? list : `Did you mean \`${meant}\`? ${list}`;
  return wrong(path, unusable(path, file), fix);
}

function badType(path: KeyPath, expected: string, file: CheckedFile): Remark {
  const given = valueAt(file.value, path);
  if (given === undefined && path.length > 0) return missing(path, file);
  const what = typeNames[expected] ?? expected;
  if (given === null || given === undefined) {
    return wrong(path, `${named(path)} is empty, it must be ${what}`, hint(path, file));
  }
  if (typeof given === "number" && file.quotesValues && holdsDuration(path, file))
    return withoutUnit(path, given, file);
  const unquoted = expected === "string" && (typeof given === "number" || typeof given === "boolean");
  const fix = unquoted ? `Put it in quotes${file.quotesValues ? `: \`"${given}"\`` : ""}.` : hint(path, file);
  return wrong(path, `${named(path)} must be ${what}, not ${shown(given, file)}`, fix);
}

function holdsDuration(path: KeyPath, { schema, value }: CheckedFile): boolean {
  return schemasAt(schema, path, value).some(({ pattern }) => pattern === durationPattern);
}

/** In quotes it would still be no duration. */
function withoutUnit(path: KeyPath, given: number, file: CheckedFile): Remark {
  const key = path.at(-1);
  const minutes = `${given}m`;
  const fix = typeof parseDuration(minutes) === "number" ? `Write \`${key}: ${minutes}\`.` : hint(path, file);
  return wrong(path, `\`${key}: ${given}\` needs a unit`, fix);
}

function missing(path: KeyPath, file: CheckedFile, values?: string): Remark {
  const parent = path.slice(0, -1);
  return wrong(parent, `${named(parent)} has no \`${path.at(-1)}\``, `Add it. ${values ?? hint(path, file)}`);
}

function badSize(path: KeyPath, issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, file: CheckedFile): Remark {
  const bound = issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  const given = valueAt(file.value, path);
  if (Array.isArray(given)) {
    const message = `${named(path)} has ${given.length} entries, it must have ${bound}`;
    return wrong(path, message, hint(path, file));
  }
  const must = typeof given === "string" ? `must have ${bound} characters` : `must be ${bound}`;
  const is = file.quotesValues ? `is ${quoted(given)}, it ` : "";
  return wrong(path, `${named(path)} ${is}${must}`, hint(path, file));
}

/** What a check of ours refused, in its own words ("is not a duration"); zod's words are for programmers. */
function refused(path: KeyPath, issue: Issue, file: CheckedFile): Remark {
  const given = valueAt(file.value, path);
  const ownWords = issue.code === "custom" || /^[a-z]/.test(issue.message);
  if (given === undefined && path.length > 0 && issue.code !== "custom") return missing(path, file);
  const value = file.quotesValues && typeof given !== "object" ? `: ${quoted(given)}` : "";
  const message = ownWords ? `${named(path)}${value} ${issue.message}` : unusable(path, file);
  return wrong(path, message, (issue.code === "custom" ? fixOf(issue.params) : undefined) ?? hint(path, file));
}

function unusable(path: KeyPath, { value, quotesValues }: CheckedFile): string {
  return quotesValues
    ? `${named(path)} cannot be ${quoted(valueAt(value, path))}`
    : `${named(path)} has a value that is not allowed`;
}

function fixOf(params: unknown): string | undefined {
  const fix = valueAt(params, ["fix"]);
  return typeof fix === "string" ? fix : undefined;
}

/** What belongs at the path, from the schema's own words and example. */
function hint(path: KeyPath, { schema, value, page }: CheckedFile): string {
  const [found, ...others] = schemasAt(schema, path, value);
  // What one of several schemas says may be about something else.
  if (found === undefined || others.length > 0) return `See ${page}.`;
  const description = typeof found.description === "string" ? found.description : "";
  const example: unknown = Array.isArray(found.examples) ? found.examples[0] : found.const;
  const key = path.findLast((step) => typeof step === "string");
  const line =
    example === undefined || typeof path.at(-1) === "number" ? "" : `For example \`${key}: ${flow(example)}\`.`;
  return [description, line].filter((part) => part !== "").join(" ") || `See ${page}.`;
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9 ./_-]*$/.test(value) ? value : JSON.stringify(value);
}

function named(path: KeyPath): string {
  return path.length === 0 ? "The file" : `\`${pathText(path)}\``;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function shown(value: unknown, { quotesValues }: CheckedFile): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  if (quotesValues) return typeof value === "string" ? `the text ${quoted(value)}` : quoted(value);
  return typeNames[typeof value] ?? "this value";
}
