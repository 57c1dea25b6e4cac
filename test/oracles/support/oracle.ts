import { env } from "node:process";
import { z } from "zod";
import type { JsonObject } from "../../../src/model/json.ts";
import { runSync } from "../../support/run-sync.ts";

const answer = z.union([
  z.strictObject({ resources: z.array(z.record(z.string(), z.json())) }),
  z.strictObject({ error: z.string() }),
]);

/** What a controller's own code makes of a case: the resources, or why there are none. */
export type OracleAnswer = { readonly resources: readonly JsonObject[] } | { readonly error: string };

/** Asks the program that a variable names. It prints `{"resources": […]}` or `{"error": "…"}` for a case's folder. */
export function askOracle(variable: string, folder: string): OracleAnswer {
  const program = env[variable];
  if (program === undefined) throw new Error(`${variable} is not set: npm run test:oracles sets it`);
  const { status, stdout, stderr } = runSync(program, [folder], { env });
  if (status !== 0) throw new Error(`${program} ${folder} ended with ${status}: ${stderr}`);
  return answer.parse(JSON.parse(stdout));
}
