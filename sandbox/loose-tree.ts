// Reads and writes loose objects directly because starting git is slow; packed objects fall back to git.

import { readLoose, writeObject } from "./loose-object.ts";

/** A file, link or folder in a tree; `mode` without leading zeros. */
export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/** A path to be replaced in a tree, or removed by null. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** The mode of a folder. */
export const FOLDER = "40000";

/** The entries of a tree by name; undefined when git must be asked. */
export function readTree(dir: string, id: string): Map<string, TreeEntry> | undefined {
  const object = readLoose(dir, id);
  if (object?.type !== "tree") return undefined;
  const entries = new Map<string, TreeEntry>();
  const { bytes } = object;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    const [mode = ""] = bytes.toString("latin1", at, end).split(" ");
    const name = bytes.toString("utf8", at + mode.length + 1, end);
    entries.set(name, { mode, id: bytes.toString("hex", end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

/** The tree that a commit or tree names; undefined when git must be asked. */
export function treeOf(dir: string, id: string): string | undefined {
  const object = readLoose(dir, id);
  if (object?.type === "tree") return id;
  return object?.type === "commit" ? /^tree ([\da-f]{40})\n/.exec(object.bytes.toString("latin1"))?.[1] : undefined;
}

/**
 * Writes a tree, `base` (a tree or commit id, or null) with these paths replaced, as git's index would. Undefined when
 * git must be asked: for what lies in a pack, and for paths of which one lies below another.
 */
export async function writeLooseTree(
  dir: string,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<string | undefined> {
  const paths = changes.map(({ path }) => path);
  if (new Set(paths).size < paths.length || paths.some((path) => paths.some((one) => path.startsWith(`${one}/`))))
    return undefined;
  const root = base === null ? undefined : treeOf(dir, base);
  if (base !== null && root === undefined) return undefined;
  try {
    return (await changed(dir, root, changes)) ?? (await writeObject(dir, "tree", Buffer.alloc(0)));
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** A tree that lies in a pack: git must be asked. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** The id of the changed tree; undefined when nothing is left in it. */
async function changed(
  dir: string,
  id: string | undefined,
  changes: readonly TreeChange[],
): Promise<string | undefined> {
  const entries = id === undefined ? new Map<string, TreeEntry>() : readTree(dir, id);
  if (entries === undefined) throw new Unreadable();
  const below = Map.groupBy(changes, ({ path }) => path.split("/", 1)[0] ?? "");
  for (const [name, some] of below) {
    const present = entries.get(name);
    const next = await entryOf(dir, name, present, some);
    if (next === undefined) entries.delete(name);
    else entries.set(name, next);
  }
  return entries.size === 0 ? undefined : writeObject(dir, "tree", printed(entries));
}

async function entryOf(
  dir: string,
  name: string,
  present: TreeEntry | undefined,
  changes: readonly TreeChange[],
): Promise<TreeEntry | undefined> {
  const [first] = changes;
  if (first !== undefined && first.path === name) {
    // To remove a path means the file of that name, not what lies below it.
    if (first.sha === null) return present?.mode === FOLDER ? present : undefined;
    return { mode: first.mode.replace(/^0+/, ""), id: first.sha };
  }
  const isFolder = present?.mode === FOLDER;
  if (present !== undefined && !isFolder && changes.every(({ sha }) => sha === null)) return present;
  const deeper = changes.map((change) => ({ ...change, path: change.path.slice(name.length + 1) }));
  const id = await changed(dir, isFolder ? present.id : undefined, deeper);
  return id === undefined ? undefined : { mode: FOLDER, id };
}

/** Sorted as git sorts: by bytes, a folder as if its name ended in a slash. */
function printed(entries: ReadonlyMap<string, TreeEntry>): Buffer {
  const sorted = [...entries]
    .map(([name, entry]) => ({ entry, name, key: Buffer.from(entry.mode === FOLDER ? `${name}/` : name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    sorted.flatMap(({ entry, name }) => [Buffer.from(`${entry.mode} ${name}\0`), Buffer.from(entry.id, "hex")]),
  );
}
