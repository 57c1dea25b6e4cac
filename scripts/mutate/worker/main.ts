/** A process that holds test files in memory and runs tests with one mutant at a time. Its parent asks by messages. */

import { pathToFileURL } from "node:url";
import { installHooks } from "./hooks.ts";
import type { Order, Outcome, Report, WorkerStart } from "./protocol.ts";
import { collect, type Suite, testsOf } from "./registry.ts";
import { messageOf, runTests } from "./run.ts";
import { installSwitch } from "./switch.ts";

const start: WorkerStart = JSON.parse(process.argv[2] ?? "");
process.env.MUTATE_SEED = String(start.seed);
installHooks(start.code);
const mutants = installSwitch(start.ids, start.active);
const files: Suite[] = [];

// Ctrl-C reaches all processes of a terminal; the parent ends this one when it has its answer.
process.on("SIGINT", () => undefined);
let errors: unknown[] = [];
process.on("uncaughtException", (error) => errors.push(error));
process.on("unhandledRejection", (error) => errors.push(error));

function say(report: Report): void {
  process.send?.(report);
}

async function load(file: string): Promise<void> {
  mutants.clear();
  try {
    const suite = await collect(file, () => import(pathToFileURL(file).href));
    files.push(suite);
    say({ kind: "loaded", tests: testsOf(suite).map(({ key }) => key), hits: mutants.hits() });
  } catch (error) {
    say({ kind: "loaded", tests: [], hits: mutants.hits(), error: messageOf(error) });
  }
}

async function run(order: Extract<Order, { kind: "run" }>): Promise<void> {
  mutants.turn(order.mutant);
  const outcomes: Outcome[] = [];
  for (const group of order.groups) {
    outcomes.push(...(await runGroup(group, order)));
    if (order.bail && outcomes.some(({ error }) => error !== undefined)) break;
  }
  mutants.turn(start.active);
  const spoiled = order.mutant !== start.active && order.bail && (await isSpoiled(outcomes));
  const { user, system } = process.cpuUsage();
  say({ kind: "ran", outcomes, spoiled, cpu: (user + system) / 1000 });
}

function runGroup(
  group: readonly string[],
  { bail, mutant }: Pick<Extract<Order, { kind: "run" }>, "bail" | "mutant">,
): Promise<readonly Outcome[]> {
  const begin = (test: string): void => say({ kind: "test", test });
  const uncaught = (): readonly unknown[] => {
    const found = errors;
    errors = [];
    return found;
  };
  const reached = (): readonly number[] => (mutant === 0 ? mutants.hits() : [mutant].filter((id) => mutants.isHit(id)));
  return runTests(files, { selected: new Set(group), bail, mutants, begin, reached, uncaught });
}

/** Whether a test that a mutant made fail fails without it too: then the mutant left something in this process. */
async function isSpoiled(outcomes: readonly Outcome[]): Promise<boolean> {
  const failed = outcomes.filter(({ error }) => error !== undefined).map(({ test }) => test);
  if (failed.length === 0) return false;
  const again = await runGroup(failed, { bail: true, mutant: 0 });
  return again.some(({ error }) => error !== undefined);
}

process.on("message", (order: Order) => {
  const done = order.kind === "load" ? load(order.file) : run(order);
  done.catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
});
say({ kind: "ready" });
