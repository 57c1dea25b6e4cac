import { Fault } from "../model/errors.ts";
import { type StartProcess, startProcess } from "./process.ts";

/** One git process. */
export interface GitRun {
  readonly gitPath: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly deadlineMs: number;
  /** What the process reads; nothing without it. */
  readonly input?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Most bytes of output that are taken; more is a `bug` Fault. */
  readonly maxOutputBytes?: number;
  /** Told the process id as soon as the process runs. */
  readonly onStart?: (pid: number) => void;
  /** What starts it; default: this process. */
  readonly start?: StartProcess | undefined;
}

/** How a git process ended. `code` is -1 when a signal ended it. */
export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Runs git without a shell, in a process group of its own, which is killed whole at the deadline, on abort and on too
 * much output. Ends with any exit code; rejects with the signal's reason, a `timeout` Fault, or an `unavailable` Fault
 * when git cannot be started.
 */
export function runGit(run: GitRun): Promise<GitOutput> {
  run.signal?.throwIfAborted();
  const { start = startProcess, gitPath: file, args, cwd, env, onStart } = run;
  const name = `git ${args[0] ?? ""}`;
  const { promise, resolve, reject } = Promise.withResolvers<GitOutput>();
  const more = onStart === undefined ? {} : { onStart };
  const child = start({
    ...{ file, args, cwd, env, input: run.input ?? "" },
    maxOutputBytes: run.maxOutputBytes ?? maxOutputBytes,
    ...more,
  });
  const fail = (error: unknown): void => {
    reject(error);
    child.kill();
  };
  const timer = setTimeout(() => fail(new Fault("timeout", `${name} took over ${run.deadlineMs} ms`)), run.deadlineMs);
  const abort = (): void => fail(run.signal?.reason);
  run.signal?.addEventListener("abort", abort, { once: true });
  child.ended.then(
    ({ code, stdout, stderr, overflowed }) => {
      if (overflowed) reject(new Fault("bug", `${name} printed more than is taken`));
      else resolve({ code, stdout, stderr: stderr.toString("utf8").trim() });
    },
    (cause: unknown) => reject(new Fault("unavailable", `${name} could not be started`, { cause })),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", abort);
  });
}
