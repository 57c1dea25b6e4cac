import { readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { messageOf, UserError } from "../model/errors.ts";

/** What a new store needs, with room for what comes in; in bytes. */
const neededBytes = 128 * 1024 * 1024;

/**
 * Opens the database in this folder, or makes it where there is none. One that cannot be used is a `usage` UserError
 * that says where it lies, what is lost with it and what to do; so is a disk without room. It is never made again by
 * itself, nor on what is left of another one.
 */
export async function openDatabase(folder: string): Promise<PGlite> {
  if (await isHalf(folder)) throw damaged(folder, "it is incomplete", undefined);
  try {
    const db = await PGlite.create(folder);
    await db.exec("create schema if not exists bullmq; set search_path = bullmq, public");
    return db;
  } catch (error) {
    const free = await freeBytes(folder);
    if (free !== undefined && free < neededBytes / 4) throw diskFull(folder, free, error);
    throw damaged(folder, messageOf(error).split("\n")[0] ?? "", error);
  }
}

/** How much room there is for the folder, in bytes; `undefined` where the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const stats = await statfs(folder).catch(() => statfs(join(folder, "..")).catch(() => undefined));
  return stats && stats.bavail * stats.bsize;
}

/** Whether something of a database is there, and not what tells its version: a start would make another one on top. */
async function isHalf(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.length > 0 && !names.includes("PG_VERSION");
}

function damaged(folder: string, why: string, cause: unknown): UserError {
  return new UserError("usage", `the embedded store in ${folder} is damaged and cannot be opened (${why})`, {
    fix: `restore the folder from a backup, or move it away: mv ${folder} ${folder}.damaged. What waited in the queue is lost then: comment /retry where something is missing. Everything else is made again from GitHub`,
    cause,
  });
}

function diskFull(folder: string, free: number, cause: unknown): UserError {
  const size = (bytes: number) => `${Math.floor(bytes / (1024 * 1024))} MiB`;
  return new UserError("usage", `the disk of ${folder} is full: ${size(free)} are free`, {
    fix: `free at least ${size(neededBytes)} there, or set DATA_DIR to a folder with more room. Nothing that was stored is lost`,
    cause,
  });
}
