import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, messageOf } from "../model/errors.ts";

const pollMs = 50;
const busyCode = 5;

/**
 * Holds the lock that `file` stands for while `work` runs; one holder at a time among all processes of the machine. The
 * lock is the operating system's (SQLite's exclusive lock on the file), so it ends with its holder however that dies,
 * and no stale lock is ever left. Waiting ends with the signal's reason, or with an `unavailable` Fault after
 * `deadlineMs`.
 */
export async function withLock<T>(
  file: string,
  deadlineMs: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const lock = openLock(file);
  try {
    const until = Date.now() + deadlineMs;
    while (!tryLock(lock, file)) {
      if (Date.now() > until) throw new Fault("unavailable", "another process holds the mirror's lock for too long");
      await sleep(pollMs, undefined, { signal });
    }
    return await work();
  } finally {
    lock.close();
  }
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw unusable(file, error);
  }
}

function tryLock(lock: DatabaseSync, file: string): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busyCode) return false;
    throw unusable(file, error);
  }
}

/** A full disk, mostly: work goes on once there is room. */
function unusable(file: string, cause: unknown): Fault {
  return new Fault("unavailable", `the mirror's lock ${file} cannot be used: ${messageOf(cause)}`, { cause });
}
