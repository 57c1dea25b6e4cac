import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../model/errors.ts";

/** What a new store needs, with room for what comes in; in bytes. */
const neededBytes = 128 * 1024 * 1024;

/** How much room there is for a folder, in bytes; `undefined` where the system does not say. */
export type FreeBytes = (folder: string) => number | undefined;

/** As the operating system says; of the folder above while this one is not there. */
export const freeBytes: FreeBytes = (folder) => {
  for (const one of [folder, dirname(folder)]) {
    try {
      const { bavail, bsize } = statfsSync(one);
      return bavail * bsize;
    } catch {
      // The folder is not there, or the system cannot tell.
    }
  }
  return undefined;
};

/** The error to give in place of `cause` when the disk has no room: only a person can make some. */
export function fullDisk(folder: string, cause: unknown, free: FreeBytes = freeBytes): UserError | undefined {
  const bytes = free(folder);
  if (bytes === undefined || bytes >= neededBytes / 4) return undefined;
  const size = (count: number) => `${Math.floor(count / (1024 * 1024))} MiB`;
  return new UserError("usage", `the disk of ${folder} is full: ${size(bytes)} are free`, {
    fix: `free at least ${size(neededBytes)} there, or set DATA_DIR to a folder with more room. Nothing that was stored is lost`,
    cause,
  });
}
