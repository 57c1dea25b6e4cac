import { join } from "node:path";
import { byCost, type Calm, type CalmTest, calmLimit, calmRun, loadAll } from "./calm.ts";
import type { ImportGraph } from "./graph.ts";
import type { Mutant } from "./mutants.ts";
import type { Scope } from "./scope.ts";
import type { Ran, Session } from "./session.ts";
import type { Limit } from "./watch.ts";

/** What became of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** `timeout` and `crash` count as killed; `unreached`: no test comes by. */
  readonly status: "killed" | "timeout" | "crash" | "survived" | "unreached";
  /** The test that noticed it. */
  readonly by?: string;
  /** How many tests were asked. */
  readonly tests: number;
  readonly ms: number;
}

type Found = Omit<Verdict, "mutant" | "ms">;

/** Starts a worker with a mutant on from its start; 0 for none. */
export type Start = (active: number) => Session;

/** One line of work: a warm process that tries mutants in turn, and fresh ones where a mutant acts while files load. */
export class Trial {
  readonly #root: string;
  readonly #scope: Scope;
  readonly #graph: ImportGraph;
  readonly #start: Start;
  readonly #calm: Calm;
  readonly #sound: Map<string, Promise<boolean>>;
  #warm: Session | undefined;

  constructor(root: string, scope: Scope, graph: ImportGraph, start: Start, calm: Calm, warm?: Session) {
    this.#root = root;
    this.#scope = scope;
    this.#graph = graph;
    this.#start = start;
    this.#calm = calm;
    this.#sound = new Map();
    this.#warm = warm;
  }

  async judge(mutant: Mutant): Promise<Verdict> {
    const started = performance.now();
    const found = await this.#find(mutant);
    return { mutant, ...found, ms: performance.now() - started };
  }

  async end(): Promise<void> {
    await this.#warm?.end();
  }

  async #find(mutant: Mutant): Promise<Found> {
    const tests = this.#calm.tests.filter(({ hits }) => hits.has(mutant.id));
    const atLoad = this.#calm.atLoad.has(mutant.id);
    if (tests.length === 0) return atLoad ? this.#fresh(mutant) : { status: "unreached", tests: 0 };
    const { found, hidden } = await this.#inWarm(mutant, tests);
    return found.status === "survived" && (atLoad || hidden) ? this.#fresh(mutant) : found;
  }

  /** In the warm process. `hidden`: the code was not come by this time, because something was remembered. */
  async #inWarm(mutant: Mutant, tests: readonly CalmTest[]): Promise<{ found: Found; hidden: boolean }> {
    this.#warm ??= await this.#loaded();
    const order = { mutant: mutant.id, groups: byCost(tests), bail: true };
    const ran = await this.#warm.run(order, limitOf(tests));
    const failed = failedIn(ran);
    const spoiled = ran.kind !== "ran" || ran.spoiled;
    if (spoiled) await this.#discard();
    if (ran.kind === "ran" && ran.spoiled && failed !== undefined && !(await this.#isSound(failed))) {
      const others = tests.filter(({ test }) => test !== failed);
      return this.#inWarm(mutant, others);
    }
    const hidden = ran.kind === "ran" && !ran.outcomes.some(({ hits }) => hits.length > 0);
    return { found: foundOf(ran, tests.length), hidden };
  }

  /** In a process of its own, that has the mutant on while it loads. */
  async #fresh(mutant: Mutant): Promise<Found> {
    const session = this.#start(mutant.id);
    const byFile = [...Map.groupBy(this.#judges(mutant), ({ file }) => file)];
    let asked = 0;
    try {
      for (const [file, tests] of byFile.toSorted(([, a], [, b]) => cost(a) - cost(b))) {
        const loaded = await session.load(join(this.#root, file));
        if (loaded.kind !== "loaded") return { status: loaded.kind, by: file, tests: asked + 1 };
        if (loaded.error !== undefined) return { status: "killed", by: file, tests: asked + 1 };
        const ran = await session.run({ mutant: mutant.id, groups: byCost(tests), bail: true }, limitOf(tests));
        asked += tests.length;
        const failed = failedIn(ran);
        if (failed !== undefined && (await this.#isSound(failed))) return { ...foundOf(ran, asked), by: failed };
        if (ran.kind !== "ran") break;
      }
      return { status: asked === 0 ? "unreached" : "survived", tests: asked };
    } finally {
      await session.end();
    }
  }

  /** The tests that come by the mutant's file, or by those that load it; else all that load it. */
  #judges({ file }: Mutant): readonly CalmTest[] {
    const users = [...this.#scope.sources.keys()].filter((one) => this.#graph.direct(one).includes(file));
    const near = new Set([file, ...users]);
    const ids = this.#scope.mutants.filter((one) => near.has(one.file)).map(({ id }) => id);
    const loading = this.#calm.tests.filter((test) => this.#graph.reach(test.file).has(file));
    const close = loading.filter(({ hits }) => ids.some((id) => hits.has(id)));
    return close.length > 0 ? close : loading;
  }

  /** Whether a test passes alone in a fresh process with no mutant on. */
  #isSound(test: string): Promise<boolean> {
    const known = this.#sound.get(test);
    if (known !== undefined) return known;
    const answer = this.#runAlone(test);
    this.#sound.set(test, answer);
    return answer;
  }

  async #runAlone(test: string): Promise<boolean> {
    const file = this.#calm.tests.find((one) => one.test === test)?.file ?? "";
    const session = this.#start(0);
    await session.load(join(this.#root, file));
    const ran = await session.run({ mutant: 0, groups: [[test]], bail: true }, () => calmLimit);
    await session.end();
    return ran.kind === "ran" && failedIn(ran) === undefined;
  }

  async #loaded(): Promise<Session> {
    const session = this.#start(0);
    await loadAll(this.#root, this.#scope, session);
    return session;
  }

  async #discard(): Promise<void> {
    await this.#warm?.end();
    this.#warm = undefined;
  }
}

/** Runs the tests with no mutant on, and keeps the process that did. */
export async function calmly(
  root: string,
  scope: Scope,
  start: Start,
  slowest: number | undefined,
): Promise<{ calm: Calm; warm: Session }> {
  const warm = start(0);
  return { warm, calm: await calmRun(root, scope, warm, slowest) };
}

/** How long a test may take before it hangs. A fresh process is slower than a warm one. */
function limitOf(tests: readonly CalmTest[]): (test: string) => Limit {
  const known = new Map(tests.map((one) => [one.test, one]));
  return (test) => {
    const { ms = 0, cpu = 0 } = known.get(test) ?? {};
    return { cpu: 5 * cpu + 1500, wall: 5 * ms + 3000 };
  };
}

function failedIn(ran: Ran): string | undefined {
  return ran.kind === "ran" ? ran.outcomes.find(({ error }) => error !== undefined)?.test : ran.test;
}

function foundOf(ran: Ran, tests: number): Found {
  const by = failedIn(ran);
  const status = ran.kind !== "ran" ? ran.kind : by === undefined ? "survived" : "killed";
  return { status, tests, ...(by === undefined ? {} : { by }) };
}

function cost(tests: readonly CalmTest[]): number {
  return tests.reduce((sum, { ms }) => sum + ms, 0);
}
