import { UserError } from "../model/errors.ts";
import { joinPath } from "../model/paths.ts";
import type { ChangedPath, NamedEntry } from "../model/tree.ts";
import { byPath } from "./changed-paths.ts";
import type { GitTree } from "./git-tree.ts";

interface Walk {
  readonly before: GitTree;
  readonly after: GitTree;
  readonly changed: ChangedPath[];
  /** Folders that may still be listed. */
  left: number;
}

const maxFolders = 200;

/**
 * The paths that differ between two trees, as `git diff-tree -r` says them; `undefined` where so many folders differ
 * that git is faster.
 */
export async function differingPaths(before: GitTree, after: GitTree): Promise<readonly ChangedPath[] | undefined> {
  const walk: Walk = { before, after, changed: [], left: maxFolders };
  try {
    await compareAt(walk, "");
  } catch (error) {
    // What is wrong with a tree, git says better.
    if (error instanceof UserError) return undefined;
    throw error;
  }
  return walk.left < 0 ? undefined : walk.changed.sort(byPath);
}

async function compareAt(walk: Walk, path: string): Promise<void> {
  const [old, fresh] = await walk.before.difference(path, walk.after);
  const gone = new Map(old.map((entry) => [entry.name, entry]));
  for (const entry of fresh) {
    const was = gone.get(entry.name);
    gone.delete(entry.name);
    if (was === undefined || !isSame(was, entry)) await compareEntries(walk, joinPath(path, entry.name), was, entry);
  }
  for (const entry of gone.values()) await compareEntries(walk, joinPath(path, entry.name), entry, undefined);
}

async function compareEntries(
  walk: Walk,
  path: string,
  was: NamedEntry | undefined,
  is: NamedEntry | undefined,
): Promise<void> {
  const [wasFolder, isFolder] = [was?.kind === "dir", is?.kind === "dir"];
  if (wasFolder || isFolder) {
    walk.left -= 1;
    if (walk.left < 0) return;
    await compareAt(walk, path);
  }
  const [old, fresh] = [wasFolder ? undefined : was, isFolder ? undefined : is];
  if (old !== undefined && fresh !== undefined)
    walk.changed.push({ path, status: old.kind === fresh.kind ? "modified" : "type-changed" });
  else if (old !== undefined) walk.changed.push({ path, status: "deleted" });
  else if (fresh !== undefined) walk.changed.push({ path, status: "added" });
}

function isSame(one: NamedEntry, other: NamedEntry): boolean {
  if (one.kind !== other.kind || one.oid !== other.oid) return false;
  return one.kind !== "file" || other.kind !== "file" || one.executable === other.executable;
}
