import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { isObjectId } from "./oid.ts";

/** A ref by its name in the repository, and what it points at. */
export interface RefFile {
  readonly ref: string;
  readonly oid: string;
}

/** As many files are open at once. */
const together = 64;

/** The names of the refs that are files below `folder` (with its slash), sorted. */
export async function refFileNames(directory: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(directory, folder), { recursive: true, withFileTypes: true }).catch(ifThere);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

/** What the ref's file says; `undefined` when there is none, or no object id in it. */
export async function readRefFile(directory: string, ref: string): Promise<string | undefined> {
  const oid = (await readFile(join(directory, ref), "latin1").catch(ifThere)).toString().trim();
  return isObjectId(oid) ? oid : undefined;
}

/**
 * What these refs point at; those that went meanwhile are left out. A git process that says the same takes many times
 * as long.
 */
export async function readRefFiles(directory: string, refs: readonly string[]): Promise<readonly RefFile[]> {
  const found: RefFile[] = [];
  for (let at = 0; at < refs.length; at += together) {
    const some = refs.slice(at, at + together);
    const oids = await Promise.all(some.map((ref) => readRefFile(directory, ref)));
    for (const [index, ref] of some.entries()) {
      const oid = oids[index];
      if (oid !== undefined) found.push({ ref, oid });
    }
  }
  return found;
}

/** Nothing, for a path that is not there, that git cannot have written, or that is a folder by now. */
function ifThere(error: unknown): [] {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR" || code === "ENAMETOOLONG") return [];
  throw error;
}
