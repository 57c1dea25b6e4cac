import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { JsonObject } from "../../src/model/json.ts";

const page = join(import.meta.dirname, "../../docs/deploy.md");

/** The objects that the page about deploys has people apply, so that Sluice has the rights that it needs. */
export function documentedRights(files: readonly string[] = ["sluice", "deployer"]): readonly JsonObject[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```yaml\n# (\w+)\.yaml\n([\s\S]*?)^```$/gm)];
  const documents = blocks.flatMap(([, file = "", text = ""]) => (files.includes(file) ? parseAllDocuments(text) : []));
  return documents.map((one) => z.record(z.string(), z.json()).parse(one.toJS()));
}
