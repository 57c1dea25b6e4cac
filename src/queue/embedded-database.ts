import { readdir, rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { messageOf, UserError } from "../model/errors.ts";
import { type FreeBytes, fullDisk } from "./disk-room.ts";

/**
 * Opens the database in this folder, or makes it where there is none. One that cannot be used is a `usage` UserError
 * that says where it lies, what is lost with it and what to do; so is a disk without room. It is never made again by
 * itself, nor on what is left of another one.
 */
export async function openDatabase(folder: string, free?: FreeBytes): Promise<PGlite> {
  const names = await readdir(folder).catch((): string[] => []);
  // A start would make another database on top.
  if (names.length > 0 && !names.includes("PG_VERSION")) throw damaged(folder, "it is incomplete", undefined);
  try {
    const db = await PGlite.create(folder);
    await useOurs(db);
    return db;
  } catch (error) {
    // What could not be made holds nothing yet.
    if (names.length === 0) await rm(folder, { recursive: true, force: true });
    throw fullDisk(folder, error, free) ?? damaged(folder, messageOf(error).split("\n")[0] ?? "", error);
  }
}

/** Has everything in the database, for as long as it is open, be in the schema that BullMQ expects. */
export async function useOurs(db: PGlite): Promise<void> {
  await db.exec("create schema if not exists bullmq; set search_path = bullmq, public");
}

function damaged(folder: string, why: string, cause: unknown): UserError {
  return new UserError("usage", `the embedded store in ${folder} is damaged and cannot be opened (${why})`, {
    fix: `restore the folder from a backup, or move it away: mv ${folder} ${folder}.damaged. What waited in the queue is lost then: comment /retry where something is missing. Everything else is made again from GitHub`,
    cause,
  });
}
