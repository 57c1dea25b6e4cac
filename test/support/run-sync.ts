import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { receive, send, syncResult } from "./sync-pipe.ts";

/** How `runSync` runs a program. */
export interface SyncOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
}

/** How a program ended: what it printed, as text. */
export interface SyncEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The pipes to the process that runs the programs. */
interface Runner {
  readonly orders: number;
  readonly results: number;
}

let runner: Runner | undefined;

/**
 * Runs a program and waits for its end, as `spawnSync` does, in a small process of its own: to start a program, Node
 * forks, which costs the process of the tests, and everything that it writes afterwards, several times as much. Throws
 * when it cannot be run.
 */
export function runSync(file: string, args: readonly string[], options: SyncOptions = {}): SyncEnd {
  const { status, stdout, stderr } = runSyncBytes(file, args, options);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** The same, with what it printed as bytes. */
export function runSyncBytes(file: string, args: readonly string[], options: SyncOptions = {}) {
  runner ??= openRunner();
  const { cwd = process.cwd(), env = process.env, input = "" } = options;
  send(runner.orders, { file, args, cwd, env: { ...env }, input });
  const { status, stdout, stderr, error } = syncResult.parse(receive(runner.results));
  if (error !== undefined) throw new Error(`${file}: ${error}`);
  return { status, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}

function openRunner(): Runner {
  const folder = mkdtempSync(join(tmpdir(), "sluice-run-sync-"));
  const [orders, results] = [join(folder, "orders"), join(folder, "results")];
  spawnSync("mkfifo", [orders, results]);
  const program = fileURLToPath(new URL("./run-sync-process.ts", import.meta.url));
  spawn(process.execPath, [program, orders, results], { stdio: ["ignore", "inherit", "inherit"], cwd: "/" }).unref();
  // Each of them waits for the other side.
  const opened = { orders: openSync(orders, "w"), results: openSync(results, "r") };
  rmSync(folder, { recursive: true });
  return opened;
}
