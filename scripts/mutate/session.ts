import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type Limit, watch } from "./watch.ts";
import type { Order, Report, WorkerStart } from "./worker/protocol.ts";

/** A worker process. What it does not do in time ends it. */
export interface Session {
  /** Loads a test file; its tests and what loading reached. */
  load(file: string): Promise<Loaded>;
  /** Runs tests with a mutant on. `limit` says how long a test may take. */
  run(order: Omit<Extract<Order, { kind: "run" }>, "kind">, limit: (test: string) => Limit): Promise<Ran>;
  /** Milliseconds of processor time that it took so far. */
  readonly cpu: number;
  end(): Promise<void>;
}

export type Loaded = Extract<Report, { kind: "loaded" }> | Lost;

export type Ran = Extract<Report, { kind: "ran" }> | Lost;

/** The process hung and was ended, or died. */
export interface Lost {
  readonly kind: "timeout" | "crash";
  /** The test that was running. */
  readonly test: string | undefined;
}

const loadLimit: Limit = { cpu: 10_000, wall: 20_000 };
const heap = 2048;

/** Starts a worker. Its temporary files go to `folder`. */
export function startSession(root: string, folder: string, start: WorkerStart): Session {
  const child = fork(join(import.meta.dirname, "worker", "main.ts"), [JSON.stringify(start)], {
    cwd: root,
    execArgv: [`--max-old-space-size=${heap}`, "--disable-warning=ExperimentalWarning"],
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let alive = true;
  let cpu = 0;
  child.on("message", (report: Report) => {
    if (report.kind === "ran") cpu = report.cpu;
  });
  void gone.then(() => {
    alive = false;
  });
  const ready = answer(child, "ready", () => loadLimit);
  const ask = async <K extends Report["kind"]>(order: Order, kind: K, limit: (test: string | undefined) => Limit) => {
    const started = await ready;
    // Nothing of what is tested has loaded by then, so no mutant is the cause.
    if (started.kind !== "ready") throw new Error(`a worker process does not start: ${started.kind}`);
    if (!alive) return { kind: "crash", test: undefined } as const;
    const got = answer(child, kind, limit);
    child.send(order);
    return got;
  };
  return {
    load: (file) => ask({ kind: "load", file }, "loaded", () => loadLimit),
    run: (order, limit) =>
      ask({ kind: "run", ...order }, "ran", (test) => (test === undefined ? loadLimit : limit(test))),
    get cpu() {
      return cpu;
    },
    async end() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** The next report of a kind. Each report of a test starts its time; when that is over the process is killed. */
function answer<K extends Report["kind"]>(
  child: ChildProcess,
  kind: K,
  limit: (test: string | undefined) => Limit,
): Promise<Extract<Report, { kind: K }> | Lost> {
  return new Promise((resolve) => {
    let test: string | undefined;
    let stop = watch(child, limit(undefined), late);
    const settle = (result: Extract<Report, { kind: K }> | Lost): void => {
      stop();
      child.off("message", heard).off("exit", died);
      resolve(result);
    };
    function late(): void {
      child.kill("SIGKILL");
      settle({ kind: "timeout", test });
    }
    const died = (): void => settle({ kind: "crash", test });
    const heard = (report: Report): void => {
      if (isKind(report, kind)) settle(report);
      else if (report.kind === "test") {
        test = report.test;
        stop();
        stop = watch(child, limit(test), late);
      }
    };
    child.on("message", heard).on("exit", died);
  });
}

function isKind<K extends Report["kind"]>(report: Report, kind: K): report is Extract<Report, { kind: K }> {
  return report.kind === kind;
}
