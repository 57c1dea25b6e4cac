import type { JsonObject } from "../../model/json.ts";
import { inputJsonSchema } from "../problems/input-schema.ts";
import { configSchema } from "./config.ts";

const schemaId = "urn:sluice:schema:config:1";

/** The JSON schema of `.sluice.yaml`. Regular expressions and cross-field rules are not all expressed. */
export function configJsonSchema(): JsonObject {
  const { $schema, ...rest } = inputJsonSchema(configSchema);
  return { ...($schema === undefined ? {} : { $schema }), $id: schemaId, ...rest };
}
