import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { keptForTests } from "./kept.ts";
import { eventually } from "./wait.ts";

/** A server as a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything that it wrote so far. */
  said(): string;
  /** With `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves when it has, with its exit code. */
  stop(): Promise<number | null>;
  /** Nothing of it runs any more, until it thaws. */
  freeze(): void;
  thaw(): void;
}

/** Where servers keep what they compiled, for all that follow: most of a start is that. */
const compiled = { NODE_COMPILE_CACHE: join(keptForTests, "compiled") };

const program = join(import.meta.dirname, "serve-child.ts");

/** Starts one; gives it when it is up. */
export async function startServer(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const { PATH = "", SLUICE_ENGINE } = process.env;
  const child = spawn(process.execPath, [program], {
    env: { PATH, ...(SLUICE_ENGINE && { SLUICE_ENGINE }), ...compiled, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += String(chunk);
    });
  const url = await eventually("the server to be up", () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
    return /^up (\S+)/m.exec(said)?.[1];
  });
  return {
    url,
    pid: child.pid ?? 0,
    said: () => said,
    kill: () => killed(child),
    stop: () => stopped(child),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function stopped(child: ChildProcess): Promise<number | null> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
  return child.exitCode;
}
