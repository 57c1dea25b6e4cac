import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exampleConfig } from "../../scripts/generate/config-example.ts";
import { generatedFiles } from "../../scripts/generate/config-files.ts";
import { configJsonSchema } from "../../src/config/schema/json-schema.ts";
import { isJsonObject, type Json } from "../../src/model/json.ts";

const root = join(import.meta.dirname, "../..");

describe("what is generated from the schema", () => {
  it.each(Object.entries(generatedFiles()))("is current: %s", async (path, text) => {
    expect(await readFile(join(root, path), "utf8"), "run node scripts/generate.ts").toBe(text);
  });

  it("describes every key", () => {
    expect(undescribed(configJsonSchema(), "")).toEqual([]);
  });

  it("shows the full example in the reference page", () => {
    expect(generatedFiles()["docs/configuration.md"]).toContain(exampleConfig);
  });
});

describe("the JSON schema", () => {
  const validate = new Ajv2020({ strict: false }).compile(configJsonSchema());
  const environment = { name: "prod", path: "apps/{app}/prod" };

  it("accepts the example and the shortest file", () => {
    expect(validate(parse(exampleConfig)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ version: 1, environments: [environment] })).toBe(true);
  });

  it.each([
    ["no version", { environments: [environment] }],
    ["another version", { version: 2, environments: [environment] }],
    ["an unknown key", { version: 1, environments: [environment], image: [] }],
    ["an unknown key below", { version: 1, environments: [{ ...environment, form: "x" }] }],
    ["an unknown engine", { version: 1, environments: [{ ...environment, deploy: { engine: "helm", cluster: "x" } }] }],
    [
      "a key of another engine",
      { version: 1, environments: [{ ...environment, deploy: { engine: "hydrate", cluster: "x" } }] },
    ],
    ["a duration that is none", { version: 1, environments: [{ ...environment, gates: { soak: "30x" } }] }],
    ["a name that is none", { version: 1, environments: [{ ...environment, name: "-" }] }],
  ])("rejects %s", (_, value) => {
    expect(validate(value)).toBe(false);
  });
});

/** Paths of keys without a description; the branches of a union are looked into. */
function undescribed(schema: Json | undefined, path: string): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const { properties, items, oneOf } = schema;
  const own = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([key, value]) => [
    ...(isJsonObject(value) && typeof value.description === "string" ? [] : [`${path}.${key}`]),
    ...undescribed(value, `${path}.${key}`),
  ]);
  const options = Array.isArray(oneOf) ? oneOf.flatMap((option: Json) => undescribed(option, `${path}?`)) : [];
  return [
    ...own,
    ...options,
    ...undescribed(items, `${path}[]`),
    ...undescribed(schema.additionalProperties, `${path}.*`),
  ];
}
