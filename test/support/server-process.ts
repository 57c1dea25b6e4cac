import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./wait.ts";

/** A server as a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** With `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Where servers keep what they compiled, for all that follow: most of a start is that. */
export const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), "sluice-compiled") };

/** Starts one of the programs beside this file, which prints `up URL`; gives it when it is up. */
export async function startProcess(program: string, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const { PATH = "", SLUICE_ENGINE } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, program)], {
    env: { PATH, ...(SLUICE_ENGINE && { SLUICE_ENGINE }), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += String(chunk);
  });
  const url = await eventually("the server to be up", () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    return /^up (\S+)/m.exec(said)?.[1];
  });
  return { url, kill: () => killed(child) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
