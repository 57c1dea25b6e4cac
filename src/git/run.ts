import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../model/errors.ts";

/** One git process. */
export interface GitRun {
  readonly gitPath: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly deadlineMs: number;
  /** What the process reads; nothing without it. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Most bytes of output that are taken; more is a `bug` Fault. */
  readonly maxOutputBytes?: number;
  /** Told the process id as soon as the process runs. */
  readonly onStart?: (pid: number) => void;
}

/** How a git process ended. `code` is -1 when a signal ended it. */
export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const maxStderrBytes = 64 * 1024;

/**
 * Runs git without a shell, in a process group of its own, which is killed whole at the deadline, on abort and on too
 * much output. Ends with any exit code; rejects with the signal's reason, a `timeout` Fault, or an `unavailable` Fault
 * when git cannot be started.
 */
export function runGit(run: GitRun): Promise<GitOutput> {
  run.signal?.throwIfAborted();
  const name = `git ${run.args[0] ?? ""}`;
  const { promise, resolve, reject } = Promise.withResolvers<GitOutput>();
  const child = spawn(run.gitPath, run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // A process that ends without reading all of it tells by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.input ?? "");
  const fail = (error: unknown): void => {
    reject(error);
    killGroup(child);
  };
  const timer = setTimeout(() => fail(new Fault("timeout", `${name} took over ${run.deadlineMs} ms`)), run.deadlineMs);
  const abort = (): void => fail(run.signal?.reason);
  run.signal?.addEventListener("abort", abort, { once: true });
  const stdout = collect(child.stdout, run.maxOutputBytes ?? 256 * 1024 * 1024, () =>
    fail(new Fault("bug", `${name} printed more than is taken`)),
  );
  const stderr = collect(child.stderr, maxStderrBytes, () => undefined);
  child.once("spawn", () => {
    if (child.pid !== undefined) run.onStart?.(child.pid);
  });
  child.once("error", (cause) => fail(new Fault("unavailable", `${name} could not be started`, { cause })));
  child.once("close", (code) =>
    resolve({ code: code ?? -1, stdout: stdout(), stderr: stderr().toString("utf8").trim() }),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", abort);
  });
}

/** Kills a process that leads its group, together with what it started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number, overflow: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else overflow();
  });
  return () => Buffer.concat(chunks);
}
