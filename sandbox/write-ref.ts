import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { git } from "./git.ts";
import { readLoose } from "./loose-object.ts";

/** As an id that a ref must point at: there must be no such ref. */
export const NO_REF = "0".repeat(40);

/**
 * Points a ref at a commit, as `git update-ref` does; with `before`, only when it points there. Resolves to whether it
 * was moved. The file is written here where that is all there is to it, since a process costs a hundred times as much;
 * git does the rest, and has the last word on what cannot be done.
 */
export async function writeRef(dir: string, ref: string, id: string, before?: string): Promise<boolean> {
  if (writeRefFile(dir, ref, id, before)) return true;
  const args = ["update-ref", ref, id, ...(before === undefined ? [] : [before])];
  return (await git(dir, args, { ok: [0, 1, 128] })).code === 0;
}

function writeRefFile(dir: string, ref: string, id: string, before: string | undefined): boolean {
  if (!isPlain(ref) || existsSync(join(dir, "packed-refs")) || readLoose(dir, id)?.type !== "commit") return false;
  const file = join(dir, ref);
  const lock = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(lock, `${id}\n`, { flag: "wx" });
  } catch {
    // Somebody holds the lock, or another ref is where a folder should be: git says which.
    return false;
  }
  try {
    if (before !== undefined && idIn(file) !== before) return false;
    renameSync(lock, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Of letters, digits and a few signs: nothing that git would refuse. */
function isPlain(ref: string): boolean {
  const segment = /^[a-z0-9_+%-](?:\.?[a-z0-9_+%-])*$/i;
  return (
    /^refs\/(?:heads|pull)\/./.test(ref) &&
    ref.split("/").every((part) => segment.test(part) && !part.endsWith(".lock"))
  );
}

function idIn(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : NO_REF;
}
