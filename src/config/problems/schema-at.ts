import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { KeyPath } from "../../model/problem.ts";

/** What is at `path` of `value`; `undefined` where nothing is. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((here, step) => (isObject(here) ? Reflect.get(here, step) : undefined), value);
}

/** The schemas that may describe what is at `path` of `value`: several when a union on the way cannot be decided. */
export function schemasAt(root: JsonObject, path: KeyPath, value: unknown): readonly JsonObject[] {
  return path.reduce<readonly JsonObject[]>(
    (here, step, index) =>
      here
        .flatMap((schema) => optionsFor(schema, valueAt(value, path.slice(0, index))))
        .flatMap((schema) => child(schema, step)),
    [root],
  );
}

/**
 * The schema itself; of a union, the options that `value` chooses with its discriminator (`engine`, `kind`), or all of
 * them.
 */
export function optionsFor(schema: JsonObject, value: unknown): readonly JsonObject[] {
  const union: Json | undefined = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(union)) return [schema];
  const options = union.filter((option) => isJsonObject(option)).flatMap((option) => optionsFor(option, value));
  const key = discriminator(options);
  const chosen = key === undefined ? undefined : valueAt(value, [key]);
  const fitting = options.filter((option) => key !== undefined && constants(property(option, key)).includes(chosen));
  return fitting.length > 0 ? fitting : options;
}

/** The values that a schema lists. */
export function constants(schema: JsonObject | undefined): readonly unknown[] {
  if (Array.isArray(schema?.enum)) return schema.enum;
  return schema?.const === undefined ? [] : [schema.const];
}

/** The key that all options of a union have and whose values tell them apart. */
function discriminator([first, ...others]: readonly JsonObject[]): string | undefined {
  if (!isJsonObject(first?.properties)) return undefined;
  const all = [first, ...others];
  return Object.keys(first.properties).find((key) => all.every((one) => constants(property(one, key)).length > 0));
}

function child(schema: JsonObject, step: string | number): readonly JsonObject[] {
  const { items, additionalProperties } = schema;
  const found = typeof step === "number" ? items : (property(schema, step) ?? additionalProperties);
  return isJsonObject(found) ? [found] : [];
}

function property({ properties }: JsonObject, key: string): JsonObject | undefined {
  const found = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isJsonObject(found) ? found : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
