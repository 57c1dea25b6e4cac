import { configJsonSchema } from "../../src/config/schema/json-schema.ts";
import { isJsonObject, type Json } from "../../src/model/json.ts";
import { referencePage } from "./config-page.ts";

const lineWidth = 120;

/** The texts of the files that are generated from the schema, by their path from the root of this repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const schema = configJsonSchema();
  return {
    "schema/sluice.schema.json": `${printed(schema, "", 0)}\n`,
    "docs/configuration.md": referencePage(schema),
  };
}

/**
 * JSON as the formatter of this repository leaves it: a list stands on one line where it fits. `used` counts what
 * stands before it on its line.
 */
function printed(value: Json, indent: string, used: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isJsonObject(value)) {
    const lines = Object.entries(value).map(([key, item]) => {
      const start = `${inner}${JSON.stringify(key)}: `;
      return start + printed(item, inner, start.length);
    });
    return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
  }
  const line = flat(value);
  if (used + line.length < lineWidth) return line;
  return `[\n${value.map((item: Json) => inner + printed(item, inner, inner.length)).join(",\n")}\n${indent}]`;
}

function flat(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flat).join(", ")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${flat(item)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
