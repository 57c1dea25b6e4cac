import { z } from "zod";
import type { JsonObject } from "../../model/json.ts";
import { configSchema } from "./config.ts";

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
