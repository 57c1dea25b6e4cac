import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../sandbox/free-port.ts";
import type { QueueBackend } from "../../src/queue/index.ts";

/** A real store on a port of its own, that can be killed and started again with its data. */
export interface StoreServer<B extends QueueBackend = QueueBackend> {
  readonly backend: B;
  kill(): Promise<void>;
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** A real PostgreSQL. */
export type PostgresServer = StoreServer<Extract<QueueBackend, { readonly kind: "postgres" }>>;

/** The Redis of `SLUICE_REDIS` or PATH; undefined when there is none. */
export function redisBinary(): string | undefined {
  return process.env.SLUICE_REDIS ?? findOnPath("redis-server");
}

/** The folder of PostgreSQL's server programs, from PATH or where Debian puts them; undefined when there is none. */
export function postgresFolder(): string | undefined {
  const onPath = findOnPath("initdb");
  if (onPath !== undefined && existsSync(join(onPath, "..", "postgres"))) return join(onPath, "..");
  const debian = "/usr/lib/postgresql";
  if (!existsSync(debian)) return undefined;
  return readdirSync(debian)
    .map((version) => join(debian, version, "bin"))
    .findLast((folder) => existsSync(join(folder, "postgres")));
}

export async function startRedis(binary: string): Promise<StoreServer> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-redis-"));
  const port = await freePort();
  const settings = ["--port", `${port}`, "--dir", folder, "--bind", "127.0.0.1", "--save", ""];
  // What was written outlives the process that wrote it, synced to the disk or not.
  const durable = ["--appendonly", "yes", "--appendfsync", "no", "--maxmemory-policy", "noeviction"];
  const start = () => startServer(binary, [...settings, ...durable], port, {});
  return restartable({ kind: "redis", url: `redis://127.0.0.1:${port}` }, folder, start);
}

/** Only the process is ever killed, never the machine: what was written is there again. */
const cheap = ["fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off", "shared_buffers=16MB"];

export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-postgres-"));
  const port = await freePort();
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const initdb = ["-D", data, "-U", "sluice", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  execFileSync(join(programs, "initdb"), initdb, { ...user, cwd: folder, stdio: "ignore" });
  const settings = ["listen_addresses=127.0.0.1", ...cheap].flatMap((one) => ["-c", one]);
  const args = ["-D", data, "-p", `${port}`, "-k", folder, ...settings];
  const start = () => startServer(join(programs, "postgres"), args, port, { ...user, cwd: folder });
  return restartable({ kind: "postgres", url: `postgres://sluice@127.0.0.1:${port}/postgres` }, folder, start);
}

async function restartable<B extends QueueBackend>(
  backend: B,
  folder: string,
  start: () => Promise<ChildProcess>,
): Promise<StoreServer<B>> {
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    // Stopped first, so that it makes no more of them meanwhile.
    child.kill("SIGSTOP");
    const orphans = childrenOf(child);
    child.kill("SIGKILL");
    await gone;
    await killAll(orphans);
  };
  return {
    backend,
    kill,
    restart: async () => {
      await kill();
      child = await start();
    },
    dispose: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * PostgreSQL serves each connection by a child, which answers for a moment after its parent was killed, and keeps the
 * next server from its memory. Where the system does not tell, there are none.
 */
function childrenOf({ pid }: ChildProcess): readonly number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return listed.split(" ").flatMap((one) => (one.trim() === "" ? [] : [Number(one)]));
  } catch {
    return [];
  }
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) endNow(pid);
  while (pids.some((pid) => isRunning(pid))) await sleep(5);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself meanwhile.
    if (isRunning(pid)) throw error;
  }
}

/** Not one that has ended and that nobody has asked about. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function startServer(
  program: string,
  args: readonly string[],
  port: number,
  options: { readonly uid?: number; readonly gid?: number; readonly cwd?: string },
): Promise<ChildProcess> {
  // PostgreSQL's children outlive a killed parent for a moment and hold its port and memory.
  for (let tries = 0; tries < 50; tries++) {
    const child = spawn(program, args, { ...options, stdio: "ignore" });
    if (await answers(child, port)) return child;
    await sleep(200);
  }
  throw new Error(`${program} did not start`);
}

async function answers(child: ChildProcess, port: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && child.exitCode === null && child.signalCode === null; tries++) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(
        () => true,
        () => false,
      ),
      sleep(500).then(() => false),
    ]);
    socket.destroy();
    if (connected) return true;
    await sleep(50);
  }
  return false;
}

function findOnPath(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
