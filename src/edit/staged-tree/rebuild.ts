import { UserError } from "../../model/errors.ts";
import type { GitObject, ObjectReader } from "../../model/tree.ts";
import {
  type Children,
  isFolder,
  type ModeEntry,
  nameText,
  objectId,
  readTree,
  withMode,
  writeTree,
} from "../../model/tree-object.ts";
import type { ChangeNode, ChangeTree } from "./change-tree.ts";

/** A tree with changes in it. */
export interface Rebuilt {
  /** The id of the root. */
  readonly oid: string;
  /** Every blob and tree that is new. */
  readonly objects: ReadonlyMap<string, GitObject>;
  /** Paths that a change wrote or deleted: what is there and below is not the source's. */
  readonly replaced: ReadonlySet<string>;
  /** The folders that have changes below them, by path. */
  readonly folders: ReadonlyMap<string, Children>;
}

/** Builds the trees that the changes affect; trees without changes keep their ids and are not read. */
export async function rebuild(source: ObjectReader, root: string, changes: ChangeTree): Promise<Rebuilt> {
  const rebuilder = new Rebuilder(source, root);
  for (const [oid, bytes] of changes.blobs) rebuilder.objects.set(oid, { kind: "blob", bytes });
  const entry = await rebuilder.entry(changes.root, withMode({ kind: "dir", oid: root }), "");
  return { ...rebuilder.found(), oid: entry?.oid ?? rebuilder.emptyTree() };
}

class Rebuilder {
  readonly objects = new Map<string, GitObject>();
  readonly #source: ObjectReader;
  readonly #root: string;
  readonly #replaced = new Set<string>();
  readonly #folders = new Map<string, Children>();

  constructor(source: ObjectReader, root: string) {
    this.#source = source;
    this.#root = root;
  }

  found(): Omit<Rebuilt, "oid"> {
    return { objects: this.objects, replaced: this.#replaced, folders: this.#folders };
  }

  /** What is at a path after the changes, `undefined` for nothing. A folder that lost its last child is removed. */
  async entry(node: ChangeNode, old: ModeEntry | undefined, path: string): Promise<ModeEntry | undefined> {
    const base = this.#base(node, old, path);
    if (node.children.size === 0) return base;
    const folder = base !== undefined && isFolder(base);
    const children = folder ? await this.#read(base.oid) : new Map<string, ModeEntry>();
    await this.#change(children, node, path);
    if (children.size === 0) {
      this.#replaced.add(path);
      return folder || node.isFolder ? undefined : base;
    }
    this.#folders.set(path, children);
    return withMode({ kind: "dir", oid: this.#addTree(children) });
  }

  /** The id of the tree without children. */
  emptyTree(): string {
    this.#folders.set("", new Map());
    return this.#addTree(new Map());
  }

  #base({ base }: ChangeNode, old: ModeEntry | undefined, path: string): ModeEntry | undefined {
    if (base === "source") return old;
    this.#replaced.add(path);
    return base === "nothing" ? undefined : base;
  }

  async #change(children: Children, node: ChangeNode, path: string): Promise<void> {
    const prefix = path === "" ? "" : `${path}/`;
    const changed = await Promise.all(
      [...node.children].map(async ([name, child]) => {
        return [name, await this.entry(child, children.get(name), prefix + nameText(name))] as const;
      }),
    );
    for (const [name, entry] of changed) {
      if (entry === undefined) children.delete(name);
      else children.set(name, entry);
    }
  }

  async #read(oid: string): Promise<Children> {
    const object = await this.#source.read(oid);
    if (object?.kind !== "tree") throw new UserError("input", `the repository lacks the tree object ${oid}`);
    return readTree(object.bytes, oid.length / 2);
  }

  #addTree(children: Children): string {
    const bytes = writeTree(children);
    const oid = objectId("tree", bytes, this.#root);
    this.objects.set(oid, { kind: "tree", bytes });
    return oid;
  }
}
