import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../model/errors.ts";

/** A folder held by this process. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the folder for this process, by a file that names the holder; takes it over when the holder is dead (killed, or
 * of an earlier boot or container). Rejects with a `usage` error while another process holds it. The folder exists.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, "lock");
  const mine = `${process.pid} ${await startedAt(process.pid)} ${randomUUID()}\n`;
  const candidate = join(folder, `lock.${randomUUID()}`);
  await writeFile(candidate, mine, { flush: true });
  try {
    for (let round = 0; round < 5; round++) {
      if (await linkIfFree(candidate, path)) return { release: () => releaseLock(path, mine) };
      await clearIfDead(folder, path);
    }
    throw heldError(folder, undefined);
  } finally {
    await rm(candidate, { force: true });
  }
}

async function linkIfFree(candidate: string, path: string): Promise<boolean> {
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * Moves a dead holder's lock away. What was moved is looked at again: another process may have put its own there in
 * between.
 */
async function clearIfDead(folder: string, path: string): Promise<void> {
  const held = await readIfThere(path);
  if (held === undefined) return;
  if (await isAlive(held)) throw heldError(folder, held.split(" ")[0]);
  const aside = join(folder, `lock.${randomUUID()}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  if ((await readIfThere(aside)) !== held) await linkIfFree(aside, path);
  await rm(aside, { force: true });
}

async function releaseLock(path: string, mine: string): Promise<void> {
  if ((await readIfThere(path)) === mine) await rm(path, { force: true });
}

async function isAlive(held: string): Promise<boolean> {
  const [pidText = "", started = ""] = held.split(" ");
  const pid = Number.parseInt(pidText, 10);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, "EPERM")) return false;
  }
  // Process ids come again, in containers nearly always: the time of the start tells two holders apart.
  return (await startedAt(pid)) === started;
}

/** When the process was started, in ticks since boot, from /proc (proc(5), field 22); "-" where there is no /proc. */
async function startedAt(pid: number): Promise<string> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "-";
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function heldError(folder: string, pid: string | undefined): UserError {
  const who = pid === undefined ? "another process" : `another process (pid ${pid})`;
  return new UserError("usage", `the data folder ${folder} is in use by ${who}`, {
    fix: "stop that process, or set REDIS_URL or DATABASE_URL so that several processes can share the queue",
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
