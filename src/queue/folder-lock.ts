import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../model/errors.ts";
import { type FreeBytes, fullDisk } from "./disk-room.ts";

/** A folder held by this process. */
export interface FolderLock {
  release(): Promise<void>;
}

/** How a folder is asked for. */
export interface FolderLockOptions {
  /** How long a folder that is in use is waited for, in milliseconds. Default: not at all. */
  readonly waitMs?: number;
  /** Told once who has it when the waiting begins. */
  readonly onWait?: (holder: string) => void;
  /** The operating system's answer when absent. */
  readonly free?: FreeBytes;
}

const pollMs = 200;
const busyCode = 5;

/** A lock ends with its database, and a database ends when nobody refers to it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the folder, which exists, for this process alone. The lock is the operating system's (SQLite's exclusive lock
 * on a file): it holds between containers that share the folder, whatever they know of each other's processes, and ends
 * with its holder however that dies. Rejects with an `in-use` error while another process has it, and with a `usage`
 * error where the file system has no locks, or no room.
 */
export async function lockFolder(
  folder: string,
  { waitMs = 0, onWait = () => undefined, free }: FolderLockOptions = {},
): Promise<FolderLock> {
  try {
    return await take(folder, waitMs, onWait);
  } catch (error) {
    throw error instanceof UserError && error.kind === "in-use" ? error : (fullDisk(folder, error, free) ?? error);
  }
}

async function take(folder: string, waitMs: number, onWait: (holder: string) => void): Promise<FolderLock> {
  const lock = openLock(folder);
  const note = join(folder, "holder");
  try {
    const until = Date.now() + waitMs;
    for (let tries = 0; !tryLock(lock, folder); tries += 1) {
      const holder = await holderIn(note);
      if (Date.now() >= until) throw heldError(folder, holder);
      if (tries === 0) onWait(holder);
      await sleep(pollMs);
    }
    await writeFile(note, `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`);
  } catch (error) {
    lock.close();
    throw error;
  }
  held.add(lock);
  return { release: () => release(lock, note) };
}

async function release(lock: DatabaseSync, note: string): Promise<void> {
  if (!held.delete(lock)) return;
  await rm(note, { force: true });
  lock.close();
}

function openLock(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
  } catch (error) {
    throw unusable(folder, error);
  }
}

function tryLock(lock: DatabaseSync, folder: string): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busyCode) return false;
    throw unusable(folder, error);
  }
}

/** Who wrote that they have it; they may have died since, and another one not written yet. */
async function holderIn(note: string): Promise<string> {
  const text = await readFile(note, "utf8").catch(() => "");
  return text.trim().slice(0, 300) || "another process";
}

function heldError(folder: string, holder: string): UserError {
  return new UserError("in-use", `the data folder ${folder} is in use by ${holder}`, {
    fix: "stop that one first, or set REDIS_URL or DATABASE_URL so that several processes can share the queue",
  });
}

function unusable(folder: string, cause: unknown): UserError {
  return new UserError("usage", `the data folder ${folder} cannot be locked: its file system refuses locks or writes`, {
    fix: "put DATA_DIR on a file system with locks and room, or set REDIS_URL or DATABASE_URL",
    cause,
  });
}
