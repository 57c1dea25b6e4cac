import type { Outcome } from "./protocol.ts";
import { type Body, type Suite, type Test, takeFinished, testsOf } from "./registry.ts";
import type { MutantSwitch } from "./switch.ts";

/** How tests run. */
export interface RunOptions {
  readonly selected: ReadonlySet<string>;
  /** Stop at the first failure. */
  readonly bail: boolean;
  readonly mutants: MutantSwitch;
  /** Called before each test. */
  readonly begin: (test: string) => void;
  /** The mutants reached since the last `clear` that are to be told. */
  readonly reached: () => readonly number[];
  /** Errors that nobody caught since the last call. */
  readonly uncaught: () => readonly unknown[];
}

interface State extends RunOptions {
  readonly outcomes: Outcome[];
}

/** What the hooks around a test took and reached. */
interface Shared {
  readonly ms: number;
  readonly cpu: number;
  readonly hits: readonly number[];
}

/** Runs the selected tests of these files, with their hooks as Vitest runs them. Each one that ran has an outcome. */
export async function runTests(files: readonly Suite[], options: RunOptions): Promise<readonly Outcome[]> {
  const state: State = { ...options, outcomes: [] };
  for (const file of files) {
    if (isOver(state)) break;
    await runSuite(file, { ms: 0, cpu: 0, hits: [] }, state);
  }
  return state.outcomes;
}

function isOver({ bail, outcomes }: State): boolean {
  return bail && outcomes.some(({ error }) => error !== undefined);
}

async function runSuite(suite: Suite, around: Shared, state: State): Promise<void> {
  const tests = testsOf(suite).filter(({ key }) => state.selected.has(key));
  const first = tests[0];
  if (first === undefined) return;
  if (suite.hooks.beforeAll.length > 0) state.begin(first.key);
  const ends: Body[] = [...suite.hooks.afterAll].toReversed();
  state.mutants.clear();
  const time = timer();
  const error = await attempt(() => each(suite.hooks.beforeAll, ends));
  const { ms, cpu } = time();
  const shared = { ms: around.ms + ms, cpu: around.cpu + cpu, hits: [...around.hits, ...state.reached()] };
  if (error !== undefined) {
    for (const { key } of tests) state.outcomes.push({ test: key, ...shared, error });
  } else await runChildren(suite, shared, state);
  const failed = await attempt(() => each(ends, []));
  if (failed !== undefined && error === undefined) state.outcomes.push({ test: first.key, ...shared, error: failed });
}

async function runChildren(suite: Suite, shared: Shared, state: State): Promise<void> {
  for (const child of suite.children) {
    if (isOver(state)) return;
    if (!("body" in child)) await runSuite(child, shared, state);
    else if (state.selected.has(child.key)) state.outcomes.push(await runTest(child, shared, state));
  }
}

async function runTest(test: Test, shared: Shared, state: State): Promise<Outcome> {
  state.begin(test.key);
  state.mutants.clear();
  const time = timer();
  const above = suitesAbove(test.suite);
  const ends = above.flatMap(({ hooks }) => hooks.afterEach.toReversed());
  const failed = await attempt(async () => {
    await each(
      above.toReversed().flatMap(({ hooks }) => hooks.beforeEach),
      ends,
    );
    await test.body();
  });
  const left = await attempt(() => each([...ends, ...takeFinished()], []));
  const error = failed ?? left ?? state.uncaught().map(messageOf)[0];
  const { ms, cpu } = time();
  const hits = [...new Set([...shared.hits, ...state.reached()])];
  const cost = { ms: shared.ms + ms, cpu: shared.cpu + cpu };
  return { test: test.key, ...cost, hits, ...(error === undefined ? {} : { error }) };
}

/** Starts a clock, and gives what reads it. */
function timer(): () => { readonly ms: number; readonly cpu: number } {
  const started = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - started, cpu: (user + system) / 1000 };
  };
}

/** Runs hooks in turn; a function that one gives is run at the end, before the others there. */
async function each(hooks: readonly Body[], ends: Body[]): Promise<void> {
  for (const hook of hooks) {
    const end: unknown = await hook();
    if (typeof end === "function") ends.unshift(async () => end());
  }
}

function suitesAbove(suite: Suite): readonly Suite[] {
  return suite.parent === undefined ? [suite] : [suite, ...suitesAbove(suite.parent)];
}

async function attempt(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The first line of what was thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n")[0] ?? "";
}
