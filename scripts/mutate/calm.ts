import { join } from "node:path";
import type { Scope } from "./scope.ts";
import type { Session } from "./session.ts";
import type { Limit } from "./watch.ts";

/** What the tests do while no mutant is on. */
export interface Calm {
  /** The tests that pass, in order. */
  readonly tests: readonly CalmTest[];
  /** Mutants that loading the files reaches. */
  readonly atLoad: ReadonlySet<number>;
  /** Tests that judge nothing, with the reason: they fail here, or are too slow. */
  readonly leftOut: readonly { readonly test: string; readonly reason: string }[];
}

export interface CalmTest {
  readonly test: string;
  /** The test file, from the root of the repository. */
  readonly file: string;
  readonly ms: number;
  /** Of which this much was processor time. */
  readonly cpu: number;
  readonly hits: ReadonlySet<number>;
}

/** For a test with no mutant on. */
export const calmLimit: Limit = { cpu: 60_000, wall: 120_000 };

/** Loads all test files of a scope; gives their tests by file. */
export async function loadAll(root: string, scope: Scope, session: Session) {
  const tests = new Map<string, string>();
  const atLoad = new Set<number>();
  for (const file of scope.tests) {
    const loaded = await session.load(join(root, file));
    if (loaded.kind !== "loaded") throw new Error(`${file} does not load: ${loaded.kind}`);
    if (loaded.error !== undefined) throw new Error(`${file} does not load: ${loaded.error}`);
    for (const test of loaded.tests) tests.set(test, file);
    for (const id of loaded.hits) atLoad.add(id);
  }
  return { tests, atLoad };
}

/**
 * Runs every test of a scope once with no mutant on, in a session that has loaded nothing yet. Tests that take more
 * than `slowest` milliseconds of processor time are left out from then on.
 */
export async function calmRun(
  root: string,
  scope: Scope,
  session: Session,
  slowest = Number.POSITIVE_INFINITY,
): Promise<Calm> {
  const { tests, atLoad } = await loadAll(root, scope, session);
  const ran = await session.run({ mutant: 0, groups: [[...tests.keys()]], bail: false }, () => calmLimit);
  if (ran.kind !== "ran") throw new Error(`the tests do not pass without a mutant: ${ran.kind} in ${ran.test}`);
  const leftOut = ran.outcomes.flatMap(({ test, cpu, error }) => {
    if (error !== undefined) return [{ test, reason: error }];
    return cpu > slowest ? [{ test, reason: `it computes for ${Math.round(cpu)} ms` }] : [];
  });
  const bad = new Set(leftOut.map(({ test }) => test));
  const passing = ran.outcomes.filter(({ test }) => !bad.has(test));
  return {
    atLoad,
    leftOut,
    tests: passing.map(({ hits, ...one }) => ({ ...one, file: tests.get(one.test) ?? "", hits: new Set(hits) })),
  };
}

const steps = [2, 10, 50, 250, 1000];

/** Tests as groups of about one cost, the cheap ones first. */
export function byCost(tests: readonly CalmTest[]): readonly (readonly string[])[] {
  const groups = Map.groupBy(tests, ({ ms }) => steps.filter((step) => ms > step).length);
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group.map(({ test }) => test));
}
