/** Mutation testing of the units: see `usage`. Started by `scripts/mutate.mjs`. */

import { join } from "node:path";
import { tryMutants } from "./campaign.ts";
import { importGraph } from "./graph.ts";
import { type Options, optionsOf, usage } from "./options.ts";
import { asData, asText, line, scoreOf } from "./report.ts";
import { sampleOf } from "./sample.ts";
import { type Scope, scopesOf } from "./scope.ts";
import type { Verdict } from "./trial.ts";

const root = join(import.meta.dirname, "..", "..");
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2));
  if (options.help || options.paths.length === 0) {
    process.stdout.write(usage);
    return options.help ? 0 : 2;
  }
  const graph = importGraph(root);
  const scopes = scopesOf(root, options.paths, graph);
  if (options.list) return list(scopes, options);
  const folders = new Map<string, readonly Verdict[]>();
  for (const scope of scopes)
    if (!stop.signal.aborted) folders.set(scope.folder.source, await attempt(scope, options, graph));
  return report(folders, options);
}

function chosen(scope: Scope, { sample, seed }: Options): Scope["wanted"] {
  return sampleOf(scope.wanted, sample, seed);
}

function list(scopes: readonly Scope[], options: Options): number {
  for (const { file, line: row, column, original, mutated } of scopes.flatMap((scope) => chosen(scope, options))) {
    process.stdout.write(`${file}:${row}:${column}  ${original} → ${mutated}\n`);
  }
  return 0;
}

async function attempt(
  scope: Scope,
  options: Options,
  graph: ReturnType<typeof importGraph>,
): Promise<readonly Verdict[]> {
  const mutants = chosen(scope, options);
  const name = scope.folder.source;
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  note(`${name}: ${mutants.length} of ${scope.wanted.length} mutants, ${scope.tests.length} test files`);
  if (scope.leftOut.length > 0) note(`  left out, since they start servers: ${scope.leftOut.join(", ")}`);
  const done: Verdict[] = [];
  const step = Math.max(1, Math.ceil(mutants.length / 10));
  const started = performance.now();
  const each = (ms: number): string => `${Math.round(ms / Math.max(1, mutants.length))} ms`;
  return tryMutants(scope, mutants, {
    root,
    graph,
    seed: options.seed,
    workers: options.workers,
    slowest: options.slowest,
    signal: stop.signal,
    onCalm({ tests, leftOut }) {
      const ms = tests.reduce((sum, test) => sum + test.ms, 0);
      note(`  ${tests.length} tests pass in ${(ms / 1000).toFixed(1)} s`);
      for (const { test, reason } of leftOut) note(`  left out: ${test}: ${reason}`);
    },
    onVerdict(verdict) {
      done.push(verdict);
      if (done.length % step === 0 && done.length < mutants.length) note(`  ${line(scoreOf("so far", done))}`);
    },
    onEnd(cpu) {
      const ms = performance.now() - started;
      note(`  ${(ms / 1000).toFixed(0)} s; for each mutant ${each(ms)}, of which the workers computed ${each(cpu)}`);
    },
  });
}

function report(folders: ReadonlyMap<string, readonly Verdict[]>, { json, min }: Options): number {
  const data = asData(folders);
  const texts = [...folders].map(([folder, verdicts]) => asText(folder, verdicts));
  if (folders.size > 1) texts.push(line(data.total));
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${texts.join("\n")}\n`);
  return min !== undefined && data.total.score < min ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
