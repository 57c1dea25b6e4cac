/** What `describe`, `it` and the hooks of one process register: a tree of suites and tests per file. */
export type Body = (...args: readonly unknown[]) => unknown;

export type HookKind = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

export interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly children: (Suite | Test)[];
  readonly hooks: Record<HookKind, Body[]>;
}

export interface Test {
  readonly key: string;
  readonly suite: Suite;
  readonly body: Body;
}

interface Pending {
  readonly suite: Suite;
  readonly factory: Body;
}

let current: Suite | undefined;
let pending: Pending[] = [];
let keys = new Map<string, number>();
const finished: Body[] = [];

function suiteOf(name: string, parent: Suite | undefined): Suite {
  return { name, parent, children: [], hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } };
}

function here(): Suite {
  if (current === undefined) throw new Error("there is no test file being loaded");
  return current;
}

/** Loads a test file by `load` and gives what it registers. As in Vitest, bodies of `describe` run after the file. */
export async function collect(file: string, load: () => Promise<unknown>): Promise<Suite> {
  const root = suiteOf(file, undefined);
  [current, pending, keys] = [root, [], new Map()];
  await load();
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const outer = pending;
    [current, pending] = [next.suite, []];
    await next.factory();
    // Suites inside come before the siblings that follow.
    pending.push(...outer);
  }
  current = undefined;
  return root;
}

/** Registers a suite; its body runs later. */
export function addSuite(name: string, factory: Body): void {
  const suite = suiteOf(name, here());
  here().children.push(suite);
  pending.push({ suite, factory });
}

/** Registers a test. */
export function addTest(name: string, body: Body): void {
  const suite = here();
  const path = [...names(suite), name].join(" > ");
  const times = (keys.get(path) ?? 0) + 1;
  keys.set(path, times);
  suite.children.push({ key: times === 1 ? path : `${path} #${times}`, suite, body });
}

/** Registers a hook of the suite that is being described. */
export function addHook(kind: HookKind, body: Body): void {
  here().hooks[kind].push(body);
}

/** Registers what is to be done when the running test is over. */
export function addFinished(body: Body): void {
  finished.push(body);
}

/** Takes what the test that ran left to be done, the last one first. */
export function takeFinished(): readonly Body[] {
  return finished.splice(0).toReversed();
}

function names(suite: Suite): readonly string[] {
  return suite.parent === undefined ? [suite.name] : [...names(suite.parent), suite.name];
}

/** All tests of a suite and of those in it, in order. */
export function testsOf(suite: Suite): readonly Test[] {
  return suite.children.flatMap((child) => ("body" in child ? [child] : testsOf(child)));
}
