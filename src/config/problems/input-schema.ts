import { z } from "zod";
import type { JsonObject } from "../../model/json.ts";

const jsonObject = z.record(z.string(), z.json());

/** The JSON schema (2020-12) of what people write, with all examples. What JSON schema cannot express is left out. */
export function inputJsonSchema(schema: z.ZodType): JsonObject {
  const made = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // zod leaves out the examples of transformed values, since they might be of the output.
    override: ({ zodSchema, jsonSchema }) => {
      const examples: unknown = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return jsonObject.parse(made);
}
