import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RenderSpec } from "../../../src/model/target.ts";

const caseFile = z.strictObject({
  /** What the case shows, as the end of a sentence that begins with the controller's name. */
  what: z.string(),
  kind: z.string(),
  path: z.string().default(""),
  options: z.record(z.string(), z.json()),
  /** Engine and oracle both fail; a part of the engine's message. */
  fails: z.string().optional(),
  /** Words that warnings of the engine hold. */
  warns: z.array(z.string()).default([]),
  /** What only the oracle needs: objects of its cluster, settings. */
  oracle: z.record(z.string(), z.json()).optional(),
});

/** One case: a folder with `case.json` and the files of a repository in `repo`. */
export interface OracleCase {
  readonly name: string;
  readonly folder: string;
  readonly what: string;
  readonly fails: string | undefined;
  readonly warns: readonly string[];
  /** What the engine is asked. */
  readonly spec: RenderSpec;
}

/** The cases of one controller, in the order of their names. */
export function oracleCases(controller: string): readonly OracleCase[] {
  const all = join(import.meta.dirname, "..", "cases", controller);
  return readdirSync(all)
    .toSorted()
    .map((name) => {
      const folder = join(all, name);
      const { what, fails, warns, kind, path, options } = caseFile.parse(
        JSON.parse(readFileSync(join(folder, "case.json"), "utf8")),
      );
      // The engine is what checks the options of its kinds.
      const spec = { kind, path, options } as object as RenderSpec;
      return { name, folder, what, fails, warns, spec };
    });
}
