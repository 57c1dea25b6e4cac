import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { messageOf } from "../../model/errors.ts";
import type { Check, Patient } from "./check.ts";

/** Where the set-up puts the engine; `SLUICE_ENGINE` names another. */
const INSTALLED = fileURLToPath(new URL("../../../.cache/engine/sluice-engine", import.meta.url));

const run = promisify(execFile);

/** The render engine: whether it is there and starts, its version, and what it is locked down with. */
export async function checkEngine({ env, signal }: Patient): Promise<readonly Check[]> {
  const binary = env.SLUICE_ENGINE || INSTALLED;
  if (!existsSync(binary)) {
    const fix = env.SLUICE_ENGINE ? "Mend SLUICE_ENGINE, or unset it and run npm run setup." : "Run npm run setup.";
    return [{ name: "engine", status: "fail", detail: `not installed: there is no ${binary}`, fix }];
  }
  const ask = (argument: string) =>
    // An empty environment: the engine needs none, and gets none when it renders.
    run(binary, [argument], { env: {}, signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]) });
  try {
    const { stdout } = await ask("--version");
    const started: Check = { name: "engine", status: "ok", detail: `${stdout.trim()}, ${binary}` };
    return [started, await lockdown(ask)];
  } catch (error) {
    return [
      {
        name: "engine",
        status: "fail",
        detail: `${binary} does not run: ${messageOf(error)}`,
        fix: "Run npm run setup.",
      },
    ];
  }
}

const factsSchema = z.record(z.string(), z.unknown());

/** What the engine says of its lockdown, each part with its state. */
async function lockdown(ask: (argument: string) => Promise<{ stdout: string }>): Promise<Check> {
  try {
    const { stdout } = await ask("check-lockdown");
    const facts = Object.entries(factsSchema.parse(JSON.parse(stdout)));
    const lacking = facts.filter(([, state]) => state === false || /^(unavailable|failed)/.test(String(state)));
    const detail = facts
      .map(([name, state]) => `${name}: ${typeof state === "string" ? state : JSON.stringify(state)}`)
      .join(", ");
    if (lacking.length === 0) return { name: "lockdown", status: "ok", detail };
    const fix = `Lacking here: ${lacking.map(([name]) => name).join(", ")}. Landlock needs Linux 5.13 or newer; run Sluice in a container without network beside it where that is not given.`;
    return { name: "lockdown", status: "warn", detail, fix };
  } catch (error) {
    return { name: "lockdown", status: "warn", detail: `the engine does not tell: ${messageOf(error)}` };
  }
}
