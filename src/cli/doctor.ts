import { cacheFolder } from "./cache-folder.ts";
import { EXIT } from "./command.ts";
import type { DoctorContext } from "./definitions/doctor.ts";
import type { Check, DoctorInput } from "./doctor/check.ts";
import { checkEngine } from "./doctor/engine.ts";
import { checkGitHub } from "./doctor/github.ts";
import { checkFolder, checkGit, checkMachine, checkNode, checkOracles } from "./doctor/machine.ts";
import { checkSettings, checkStores } from "./doctor/settings.ts";
import { checkSources } from "./doctor/sources.ts";
import type { CliIo } from "./io.ts";
import { harmless, pad, type Style } from "./style.ts";

/** What the doctor checks, in the order of the report. */
const CHECKS: readonly ((input: DoctorInput) => Check | readonly Check[] | Promise<Check | readonly Check[]>)[] = [
  checkNode,
  checkGit,
  checkEngine,
  checkMachine,
  ({ env }) => checkFolder("cached renders", cacheFolder("renders", env)),
  checkSettings,
  checkStores,
  checkSources,
  checkGitHub,
  checkOracles,
];

/** Carries out `sluice doctor`. */
export async function runDoctor(context: DoctorContext): Promise<number> {
  const checks = await examine(context);
  const fine = checks.every((check) => check.status !== "fail");
  if (context.args.format === "json") context.stdout.write(`${JSON.stringify({ fine, checks }, null, 2)}\n`);
  else context.stdout.write(`${reportLines(checks, context.paint).join("\n")}\n`);
  return fine ? EXIT.ok : EXIT.failed;
}

async function examine({ env, cwd, signal }: CliIo): Promise<readonly Check[]> {
  const input = { env, cwd, signal };
  return (await Promise.all(CHECKS.map(async (check) => check(input)))).flat();
}

const MARKS = { ok: "✓", info: "•", warn: "▲", fail: "✗" } as const;

function reportLines(checks: readonly Check[], paint: Style): readonly string[] {
  const colours = { ok: paint.green, info: paint.dim, warn: paint.yellow, fail: paint.red } as const;
  const columns = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, status, detail, fix }) => {
    const [first = "", ...rest] = harmless(detail).split("\n");
    const indent = " ".repeat(columns + 4);
    return [
      `${colours[status](MARKS[status])} ${pad(name, columns)}  ${first}`,
      ...rest.map((line) => indent + line),
      ...(fix === undefined ? [] : [`${indent}${paint.dim("fix")} ${harmless(fix)}`]),
    ];
  });
}
