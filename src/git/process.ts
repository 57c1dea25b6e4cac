import { type ChildProcess, spawn } from "node:child_process";

/** A program to run without a shell. */
export interface ProcessRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the process reads. */
  readonly input: string | Uint8Array;
  /** Most bytes of output that are kept; the process is killed when it prints more. */
  readonly maxOutputBytes: number;
  /** Told the process id as soon as the process runs. */
  readonly onStart?: (pid: number) => void;
}

/** How a process ended. `code` is -1 when a signal ended it. */
export interface ProcessEnd {
  readonly code: number;
  readonly stdout: Buffer;
  /** The beginning of what it said, at most 64 KiB. */
  readonly stderr: Buffer;
  /** It printed more than was taken. */
  readonly overflowed: boolean;
}

/** A process that was started. */
export interface RunningProcess {
  /** Rejects when it could not be started. */
  readonly ended: Promise<ProcessEnd>;
  /** With `kill -9`, with all that it started. */
  kill(): void;
}

/** Starts a program. */
export type StartProcess = (run: ProcessRun) => RunningProcess;

const maxStderrBytes = 64 * 1024;

/** Starts a program as a child of this process, in a process group of its own. */
export const startProcess: StartProcess = (run) => {
  const { promise: ended, resolve, reject } = Promise.withResolvers<ProcessEnd>();
  const child = spawn(run.file, run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // A process that ends without reading all of it tells by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.input);
  const kill = (): void => killGroup(child);
  let overflowed = false;
  const stdout = collect(child.stdout, run.maxOutputBytes, () => {
    overflowed = true;
    kill();
  });
  const stderr = collect(child.stderr, maxStderrBytes, () => undefined);
  child.once("spawn", () => {
    if (child.pid !== undefined) run.onStart?.(child.pid);
  });
  child.once("error", reject);
  child.once("close", (code) => resolve({ code: code ?? -1, stdout: stdout(), stderr: stderr(), overflowed }));
  return { ended, kill };
};

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
