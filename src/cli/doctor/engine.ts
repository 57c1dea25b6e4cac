import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { messageOf } from "../../model/errors.ts";
import { installed } from "../installation.ts";
import type { Check, DoctorInput } from "./check.ts";

const run = promisify(execFile);

/** The render engine: whether it exists and starts, its version, and what it is locked down with. */
export async function checkEngine({ env, signal }: DoctorInput): Promise<readonly Check[]> {
  const binary = env.SLUICE_ENGINE || installed(".cache", "engine", "sluice-engine");
  if (!existsSync(binary)) {
    const fix = env.SLUICE_ENGINE ? "Fix SLUICE_ENGINE, or unset it and run npm run setup." : "Run npm run setup.";
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

/** What `engine check-lockdown` prints: the measures that are in force, and forbidden things that it tried. */
const factsSchema = z
  .object({ lockdown: z.record(z.string(), z.union([z.string(), z.boolean()])) })
  .catchall(z.object({ refused: z.boolean() }));

/** What the engine is locked down with, and whether what it tried was refused. */
async function lockdown(ask: (argument: string) => Promise<{ stdout: string }>): Promise<Check> {
  const name = "lockdown";
  try {
    const { stdout } = await ask("check-lockdown");
    const { lockdown: measures, ...attempts } = factsSchema.parse(JSON.parse(stdout));
    const inForce = Object.entries(measures).filter(
      ([, state]) => state !== false && !String(state).startsWith("unavailable"),
    );
    const lacking = Object.keys(measures).filter((measure) => !inForce.some(([one]) => one === measure));
    const allowed = Object.keys(attempts).filter((attempt) => attempts[attempt]?.refused !== true);
    const refused = Object.keys(attempts).filter((attempt) => !allowed.includes(attempt));
    const words = inForce.map(([measure, state]) => (state === true ? measure : `${measure} ${state}`));
    const detail = `${words.join(", ") || "nothing"} in force; refused when tried: ${refused.join(", ") || "nothing"}`;
    if (lacking.length + allowed.length === 0) return { name, status: "ok", detail };
    // A server does not start like this, unless it was told to.
    const unlocked = kernel.every((measure) => lacking.includes(measure));
    return {
      name,
      status: unlocked ? "fail" : "warn",
      detail: [detail, ...without(lacking, allowed)].join("\n"),
      fix: WITHOUT_KERNEL,
    };
  } catch (error) {
    return { name, status: "warn", detail: `the engine does not report it: ${messageOf(error)}` };
  }
}

/** The measures of which a server wants one at least. */
const kernel = ["landlock", "seccomp"];

const WITHOUT_KERNEL =
  "Landlock needs Linux 5.13 or newer. Without it and seccomp a server starts only with ALLOW_UNLOCKED_ENGINE=true; run it in its own container with little network access.";

function without(lacking: readonly string[], allowed: readonly string[]): readonly string[] {
  return [
    ...(lacking.length > 0 ? [`not in force: ${lacking.join(", ")}`] : []),
    ...(allowed.length > 0 ? [`not refused when tried: ${allowed.join(", ")}`] : []),
  ];
}
