import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../model/errors.ts";

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
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    const until = Date.now() + deadlineMs;
    while (!tryLock(lock)) {
      if (Date.now() > until) throw new Fault("unavailable", "another process holds the mirror's lock for too long");
      await sleep(pollMs, undefined, { signal });
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busyCode) return false;
    throw new Fault("unavailable", "the mirror's lock cannot be used", { cause: error });
  }
}
