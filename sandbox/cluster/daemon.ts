import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program of the control plane, which runs until it is stopped. */
export interface Daemon {
  readonly name: string;
  /** Why it ended by itself, with the end of its log; `undefined` while it runs and after it was stopped. */
  crash(): string | undefined;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once, when there is no time to wait. */
  kill(): void;
}

/** Far more than an orderly end takes. */
const stopMs = 60_000;

/** A program and what it is started with. */
export interface DaemonProgram {
  /** What it is started under: some programs are several. */
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** Beside PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program with a folder of its own for what it writes; its log is beside it. */
export function startDaemon({ name, binary, args, env: more }: DaemonProgram, folder: string): Daemon {
  const log = join(folder, `${name}.log`);
  const file = openSync(log, "w");
  const env = { PATH: process.env.PATH ?? "", HOME: folder, TMPDIR: folder, ...more };
  const child = spawn(binary, args, { argv0: name, cwd: folder, env, stdio: ["ignore", file, file] });
  closeSync(file);
  let stopped = false;
  let end: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const note = (how: string): void => {
      end ??= how;
      resolve();
    };
    child.on("exit", (code, signal) => note(`ended with ${signal ?? `exit code ${code}`}`));
    child.on("error", (error) => note(`could not be started: ${error.message}`));
  });
  return {
    name,
    crash: () => (stopped || end === undefined ? undefined : `${name} ${end}; its log ends:\n${tail(log)}`),
    kill: () => child.kill("SIGKILL"),
    stop: async () => {
      stopped = true;
      child.kill("SIGTERM");
      // Only a program that hangs is killed.
      const hung = new AbortController();
      const late = sleep(stopMs, undefined, { signal: hung.signal }).then(
        () => child.kill("SIGKILL"),
        () => false,
      );
      await ended;
      hung.abort();
      await late;
    },
  };
}

/** No machine is so busy that what comes takes as long. */
const patienceMs = 600_000;

/** Asks again and again until there is an answer; a crash of one of the programs ends that at once. */
export async function whileRunning<T>(
  daemons: readonly Daemon[],
  what: string,
  ask: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    for (const daemon of daemons) {
      const crash = daemon.crash();
      if (crash !== undefined) throw new Error(crash);
    }
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`did not happen within ${patienceMs} ms: ${what}`);
    await sleep(25);
  }
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-30).join("\n");
}
