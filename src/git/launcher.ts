import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Fault } from "../model/errors.ts";
import type { LauncherOrder, LauncherReport } from "./launcher-orders.ts";
import type { ProcessEnd, ProcessRun, RunningProcess, StartProcess } from "./process.ts";

/** Starts programs for this process. */
export interface Launcher {
  readonly start: StartProcess;
  /** Ends the launcher and everything that it runs. */
  close(): void;
}

interface Waiting {
  /** The one that was told: there may be a newer one by now. */
  readonly launcher: ChildProcess;
  readonly run: ProcessRun;
  readonly resolve: (end: ProcessEnd) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A small process that starts programs in the place of this one. To start a program, Node forks, which copies the page
 * tables of the whole process: in a server with the embedded store each start costs thirty milliseconds, and five in a
 * small process. The launcher comes with the first program, keeps nobody alive, and is started again when it is gone;
 * what it ran then fails as `unavailable`.
 */
export function openLauncher(): Launcher {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let ids = 0;

  const alive = (): ChildProcess => {
    if (child?.connected) return child;
    const fresh = spawnLauncher();
    fresh.on("message", (report: LauncherReport) => hear(waiting, report, fresh));
    const over = (cause?: unknown): void => {
      if (child === fresh) child = undefined;
      const error = new Fault("unavailable", "the process that starts git ended", { cause });
      for (const [id, { launcher, reject }] of waiting) {
        if (launcher !== fresh) continue;
        waiting.delete(id);
        reject(error);
      }
    };
    // Each of them: a second error without a listener would end this process.
    fresh.on("error", over);
    fresh.on("exit", () => over());
    child = fresh;
    return fresh;
  };

  const start = (run: ProcessRun): RunningProcess => {
    const id = ++ids;
    const { promise: ended, resolve, reject } = Promise.withResolvers<ProcessEnd>();
    const launcher = alive();
    const order = (what: LauncherOrder): void => {
      launcher.send(what, (error) => {
        if (error === null) return;
        waiting.delete(id);
        reject(new Fault("unavailable", "the process that starts git cannot be reached", { cause: error }));
      });
    };
    waiting.set(id, { launcher, run, resolve, reject });
    keepAlive(launcher, true);
    const { file, args, cwd, env, input, maxOutputBytes } = run;
    order({ kind: "start", id, file, args, cwd, env, input, maxOutputBytes });
    return { ended, kill: () => (waiting.has(id) ? order({ kind: "kill", id }) : undefined) };
  };

  return { start, close: () => (child?.connected ? child.disconnect() : undefined) };
}

function spawnLauncher(): ChildProcess {
  // A file beside this one, as source and in the bundle.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  const program = fileURLToPath(new URL(`./launcher-process.${extension}`, import.meta.url));
  // Each program gets an environment of its own: this one needs none.
  const launcher = spawn(process.execPath, [program], {
    env: {},
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
    cwd: "/",
  });
  keepAlive(launcher, false);
  return launcher;
}

function hear(waiting: Map<number, Waiting>, report: LauncherReport, launcher: ChildProcess): void {
  const one = waiting.get(report.id);
  if (report.kind === "started") {
    one?.run.onStart?.(report.pid);
    return;
  }
  waiting.delete(report.id);
  if (waiting.size === 0) keepAlive(launcher, false);
  if (report.kind === "failed") one?.reject(report.error);
  else one?.resolve({ ...report, stdout: Buffer.from(report.stdout), stderr: Buffer.from(report.stderr) });
}

/** Whether this process waits for the launcher before it ends. */
function keepAlive(launcher: ChildProcess, wait: boolean): void {
  const { channel } = launcher;
  if (wait) {
    launcher.ref();
    channel?.ref();
  } else {
    launcher.unref();
    channel?.unref();
  }
}
