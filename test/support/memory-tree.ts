import { createHash } from "node:crypto";
import { UserError } from "../../src/model/errors.ts";
import { joinPath } from "../../src/model/paths.ts";
import type { RenderSource } from "../../src/model/render.ts";
import type { GitObject, NamedEntry, ObjectReader, Tree, TreeEntry } from "../../src/model/tree.ts";

/** What stands at a path of a memory tree: a file's text or bytes, a symlink, or a submodule's commit. */
export type MemoryEntry = string | Uint8Array | { readonly link: string } | { readonly module: string };

interface Folder {
  readonly children: Map<string, Folder | MemoryEntry>;
}

interface Stored {
  readonly entry: TreeEntry;
  readonly bytes?: Uint8Array;
  readonly children?: readonly NamedEntry[];
}

const modes = { file: "100644", dir: "40000", link: "120000", module: "160000" } as const;

/** A tree with the objects that it is made of. */
export interface MemoryTree extends Tree {
  readonly objects: ObjectReader;
  /** The same objects, by id. */
  readonly stored: ReadonlyMap<string, GitObject>;
}

/**
 * A `Tree` in memory for tests. Folders come from the paths; ids are those that git would give to the same content
 * (sha-1), so equal content has equal ids and a changed file changes the id of every folder above it.
 */
export function memoryTree(files: Readonly<Record<string, MemoryEntry>>): MemoryTree {
  const stored = new Map<string, Stored>();
  store(stored, "", folders(files));
  return treeOf(stored);
}

/** The same tree, read once: one that was changed again and again is else read through all of its changes. */
export async function flattened({ tree, objects }: RenderSource): Promise<MemoryTree> {
  const stored = new Map<string, Stored>();
  const add = async (path: string, entry: TreeEntry): Promise<void> => {
    const bytes = entry.kind === "module" ? undefined : (await objects.read(entry.oid))?.bytes;
    const children = entry.kind === "dir" ? await tree.list(path) : undefined;
    stored.set(path, { entry, ...(bytes && { bytes }), ...(children && { children }) });
    for (const { name, ...child } of children ?? []) await add(joinPath(path, name), child);
  };
  await add("", { kind: "dir", oid: tree.oid });
  return treeOf(stored);
}

/** A tree of what stands at each path; the root is there. */
function treeOf(at: ReadonlyMap<string, Stored>): MemoryTree {
  const under = (path: string): readonly string[] =>
    (at.get(path)?.children ?? []).flatMap((child) => {
      const below = path === "" ? child.name : `${path}/${child.name}`;
      return child.kind === "file" ? [below] : child.kind === "dir" ? under(below) : [];
    });
  const stored = new Map([...at.values()].flatMap((one) => objectOf(one)));
  return {
    oid: at.get("")?.entry.oid ?? "",
    stored,
    objects: { read: async (oid) => stored.get(oid) },
    at: async (path) => at.get(path)?.entry,
    list: async (path) => at.get(path)?.children ?? [],
    leaves: async (path) => (at.get(path)?.children ?? []).filter(({ kind }) => kind !== "dir"),
    files: async (path = "", limit = 200_000) => {
      const found = under(path);
      if (found.length > limit) throw new UserError("limit", `more than ${limit} files`);
      return found;
    },
    read: async (path, maxBytes = 10 * 1024 * 1024) => {
      const found = at.get(path);
      if (found?.entry.kind !== "file") return undefined;
      if ((found.bytes?.length ?? 0) > maxBytes)
        throw new UserError("limit", `${path} is larger than ${maxBytes} bytes`);
      return found.bytes;
    },
  };
}

function objectOf({ entry, bytes }: Stored): readonly (readonly [oid: string, object: GitObject])[] {
  return bytes === undefined ? [] : [[entry.oid, { kind: entry.kind === "dir" ? "tree" : "blob", bytes }]];
}

function folders(files: Readonly<Record<string, MemoryEntry>>): Folder {
  const root: Folder = { children: new Map() };
  for (const [path, content] of Object.entries(files)) {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let at = root;
    for (const name of names) at = descend(at, name);
    at.children.set(last, content);
  }
  return root;
}

function descend(folder: Folder, name: string): Folder {
  const existing = folder.children.get(name);
  if (isFolder(existing)) return existing;
  const made: Folder = { children: new Map() };
  folder.children.set(name, made);
  return made;
}

function isFolder(value: Folder | MemoryEntry | undefined): value is Folder {
  return typeof value === "object" && "children" in value;
}

function store(stored: Map<string, Stored>, path: string, value: Folder | MemoryEntry): TreeEntry {
  const made = isFolder(value) ? storedFolder(stored, path, value) : storedLeaf(value);
  stored.set(path, made);
  return made.entry;
}

function storedFolder(stored: Map<string, Stored>, path: string, folder: Folder): Stored {
  const children = [...folder.children]
    .map(([name, value]): NamedEntry => ({ ...store(stored, path === "" ? name : `${path}/${name}`, value), name }))
    .sort((a, b) => Buffer.compare(Buffer.from(sortName(a)), Buffer.from(sortName(b))));
  const body = children.map((child) =>
    Buffer.concat([Buffer.from(`${modes[child.kind]} ${child.name}\0`), Buffer.from(child.oid, "hex")]),
  );
  const bytes = Buffer.concat(body);
  return { entry: { kind: "dir", oid: hash("tree", bytes) }, bytes, children };
}

function storedLeaf(value: MemoryEntry): Stored {
  if (typeof value === "object" && "module" in value) return { entry: { kind: "module", oid: value.module } };
  if (typeof value === "object" && "link" in value) {
    const bytes = Buffer.from(value.link);
    return { entry: { kind: "link", oid: hash("blob", bytes) }, bytes };
  }
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return { entry: { kind: "file", oid: hash("blob", bytes), executable: false }, bytes };
}

/** Git sorts folders as though their names ended in a slash. */
function sortName(entry: NamedEntry): string {
  return entry.kind === "dir" ? `${entry.name}/` : entry.name;
}

function hash(kind: string, bytes: Uint8Array): string {
  return createHash("sha1").update(`${kind} ${bytes.length}\0`).update(bytes).digest("hex");
}
