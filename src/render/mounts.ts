import { Fault, UserError } from "../model/errors.ts";
import { isMounted, type Mount, mountRoot } from "../model/mount.ts";
import type { Lookup, RenderFailure, RenderSource, Trace } from "../model/render.ts";
import type { GitObject, ObjectReader, TreeEntry } from "../model/tree.ts";
import { type Children, nameBytes, objectId, readTree, withMode, writeTree } from "../model/tree-object.ts";

/** The tree that a render sees, and what reads it. */
export interface MountedTree {
  readonly rootTree: string;
  readonly objects: ObjectReader;
}

/** Why the mounts have no place in the repository's tree, and the lookups that say so. */
export interface MountObstacle {
  readonly failure: RenderFailure;
  readonly trace: Trace;
}

/** A folder that exists for the mounts: trees by name, and folders of its own kind. */
type Folder = Map<string, string | Folder>;

/**
 * The source's tree with the mounts in it. Only the root and the folders down to the mounts are new; `sources` has what
 * is in the mounts.
 */
export async function mountTrees(
  source: RenderSource,
  mounts: readonly Mount[],
  sources: ObjectReader | undefined,
): Promise<MountedTree | MountObstacle> {
  const { tree, objects } = source;
  if (mounts.length === 0) return { rootTree: tree.oid, objects };
  const obstacle = await obstacleTo(source, mounts);
  if (obstacle !== undefined) return obstacle;
  const made = new Map<string, GitObject>();
  const root = await rootOf(source);
  for (const [name, below] of folderOf(mounts)) {
    root.set(nameBytes(name), withMode({ kind: "dir", oid: idOf(below, made) }));
  }
  const rootTree = add(root, made);
  return { rootTree, objects: { read: (oid) => readFrom(oid, made, [sources, objects]) } };
}

/**
 * A trace of a render with mounts as one of the repository: what was looked up in mounts is left out, because their ids
 * are in the spec; and the mounts have a place only where the repository has nothing.
 */
export function traceOfRepository(trace: Trace, root: string): Trace {
  const own = trace.filter(([path]) => !isMounted(path));
  return [[mountRoot, "absent"], ...own.map((lookup) => (isRoot(lookup) ? (["", "tree", root] as const) : lookup))];
}

function isRoot([path, kind]: Lookup): boolean {
  return path === "" && kind === "tree";
}

async function obstacleTo({ tree }: RenderSource, mounts: readonly Mount[]): Promise<MountObstacle | undefined> {
  const own = await tree.at(mountRoot);
  if (own !== undefined) {
    const message = `the repository has a ${own.kind === "dir" ? "folder" : "file"} ${mountRoot} of its own, where other sources stand in a render: give it another name`;
    return { failure: { kind: "input", message, file: mountRoot }, trace: [lookupOf(own)] };
  }
  if (mounts.every(({ tree: { length } }) => length === tree.oid.length)) return undefined;
  const message =
    "the repository names its objects by SHA-256, so that nothing can be rendered that other sources are in";
  return { failure: { kind: "input", message }, trace: [] };
}

function lookupOf(entry: TreeEntry): Lookup {
  return entry.kind === "dir" ? [mountRoot, "dir"] : [mountRoot, entry.kind, entry.oid];
}

async function rootOf({ tree, objects }: RenderSource): Promise<Children> {
  const object = await objects.read(tree.oid);
  if (object?.kind === "tree") return readTree(object.bytes, tree.oid.length / 2);
  throw new UserError("input", `the repository lacks the tree object ${tree.oid}`);
}

function folderOf(mounts: readonly Mount[]): Folder {
  const top: Folder = new Map();
  for (const { at, tree } of mounts) {
    const segments = at.split("/");
    const name = segments.pop() ?? "";
    const parent = segments.reduce((folder, segment) => enter(folder, segment, at), top);
    const there = parent.get(name);
    if (segments[0] !== mountRoot || !isName(name) || (there !== undefined && there !== tree)) throw misplaced(at);
    parent.set(name, tree);
  }
  return top;
}

function enter(folder: Folder, segment: string, at: string): Folder {
  const there = folder.get(segment) ?? new Map<string, string | Folder>();
  if (typeof there === "string" || !isName(segment)) throw misplaced(at);
  folder.set(segment, there);
  return there;
}

function isName(segment: string): boolean {
  return !["", ".", ".."].includes(segment) && !segment.includes("\0") && segment.isWellFormed();
}

function misplaced(at: string): Fault {
  return new Fault("bug", `a mount has the path ${JSON.stringify(at)}, which is not free or none below ${mountRoot}`);
}

function idOf(below: string | Folder, made: Map<string, GitObject>): string {
  if (typeof below === "string") return below;
  const children: Children = new Map();
  for (const [name, child] of below) children.set(nameBytes(name), withMode({ kind: "dir", oid: idOf(child, made) }));
  return add(children, made);
}

function add(children: Children, made: Map<string, GitObject>): string {
  const bytes = writeTree(children);
  const oid = objectId("tree", bytes, "");
  made.set(oid, { kind: "tree", bytes });
  return oid;
}

/** The repository is asked last: a partial clone would look for the objects of other sources at its remote. */
async function readFrom(
  oid: string,
  made: ReadonlyMap<string, GitObject>,
  readers: readonly (ObjectReader | undefined)[],
): Promise<GitObject | undefined> {
  const known = made.get(oid);
  if (known !== undefined) return known;
  for (const reader of readers) {
    const found = await reader?.read(oid);
    if (found !== undefined) return found;
  }
  return undefined;
}
