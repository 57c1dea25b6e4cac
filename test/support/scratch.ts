import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const inMemory = "/dev/shm";
const prefix = "sluice-tests-";
const gibibyte = 2 ** 30;

/**
 * Has this process and all that it starts keep temporary files in memory, until this process ends: where the system has
 * a file system for that with room for them, and `TMPDIR` does not say otherwise. Tests make and delete tens of
 * thousands of files: for each new one ext4 looks through all that were deleted lately, a fifth of the tests' time.
 */
export function keepScratchInMemory(): void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return;
  removeLeftovers(inMemory);
  const folder = join(inMemory, `${prefix}${process.pid}`);
  mkdirSync(folder);
  // As with /tmp, others may reach what they are given in there: PostgreSQL does not run as root.
  chmodSync(folder, 0o711);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  if (runsPrograms(folder)) process.env.TMPDIR = folder;
}

/** Room for what is kept at once, and memory for the tests themselves beside it. */
function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    const available = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return bavail * bsize > 2 * gibibyte && Number(available) * 1024 > (4 + availableParallelism()) * gibibyte;
  } catch {
    return false;
  }
}

/** Tests write programs and run them, which many a container forbids here. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, "probe");
  try {
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o700 });
    execFileSync(program);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(program, { force: true });
  }
}

/** Removes what runs that were killed left in this folder. */
export function removeLeftovers(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && !runs(pid)) remove(join(place, name));
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another user's, who will.
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
