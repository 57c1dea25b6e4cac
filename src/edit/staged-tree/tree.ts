import { UserError } from "../../model/errors.ts";
import type { RenderSource } from "../../model/render.ts";
import type { NamedEntry, ObjectReader, Tree, TreeEntry } from "../../model/tree.ts";
import { type Children, inGitOrder, nameText, readTree, withKind } from "../../model/tree-object.ts";
import type { Rebuilt } from "./rebuild.ts";

const defaultFileLimit = 200_000;
const defaultReadLimit = 10 * 1024 * 1024;
const maxDepth = 256;

/** A source's tree with changes in it; see `Tree` for what it promises. What did not change comes from the source. */
export class StagedTree implements Tree {
  readonly oid: string;
  readonly #source: RenderSource;
  readonly #objects: ObjectReader;
  readonly #rebuilt: Rebuilt;
  /** Folders that are not the source's, by path. */
  readonly #directories = new Map<string, Directory>();

  constructor(source: RenderSource, objects: ObjectReader, rebuilt: Rebuilt) {
    this.oid = rebuilt.oid;
    this.#source = source;
    this.#objects = objects;
    this.#rebuilt = rebuilt;
  }

  async at(path: string): Promise<TreeEntry | undefined> {
    if (path === "") return { kind: "dir", oid: this.oid };
    if (path.startsWith("/")) return undefined;
    const [parent, name] = split(path);
    if (this.#isSource(parent)) return this.#source.tree.at(path);
    return (await this.#directory(parent)).byName.get(name);
  }

  async list(path: string): Promise<readonly NamedEntry[]> {
    return this.#isSource(path) ? this.#source.tree.list(path) : (await this.#directory(path)).entries;
  }

  async leaves(path: string): Promise<readonly NamedEntry[]> {
    if (this.#isSource(path)) return this.#source.tree.leaves(path);
    return (await this.#directory(path)).entries.filter(({ kind }) => kind !== "dir");
  }

  async files(path = "", limit = defaultFileLimit): Promise<readonly string[]> {
    return this.#filesBelow(path, 0, { left: limit, limit });
  }

  async read(path: string, maxBytes = defaultReadLimit): Promise<Uint8Array | undefined> {
    const entry = await this.at(path);
    if (entry?.kind !== "file") return undefined;
    const built = this.#rebuilt.objects.get(entry.oid);
    if (built === undefined && (await this.#source.tree.at(path))?.oid === entry.oid) {
      return this.#source.tree.read(path, maxBytes);
    }
    const object = built ?? (await this.#objects.read(entry.oid));
    if (object?.kind !== "blob") return undefined;
    if (object.bytes.length <= maxBytes) return object.bytes;
    throw new UserError("limit", `${path} has ${object.bytes.length} bytes, more than the ${maxBytes} that are read`);
  }

  /** Whether the folder is the source's at the same path. */
  #isSource(path: string): boolean {
    if (this.#rebuilt.folders.has(path)) return false;
    for (let at = path; at !== ""; at = split(at)[0]) if (this.#rebuilt.replaced.has(at)) return false;
    return true;
  }

  async #directory(path: string): Promise<Directory> {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const loaded = directoryOf(this.#rebuilt.folders.get(path) ?? (await this.#load(path)));
    this.#directories.set(path, loaded);
    return loaded;
  }

  async #load(path: string): Promise<Children> {
    const entry = await this.at(path);
    if (entry?.kind !== "dir") return new Map();
    const object = await this.#objects.read(entry.oid);
    if (object?.kind !== "tree") throw new UserError("input", `the repository lacks the tree object ${entry.oid}`);
    return readTree(object.bytes, entry.oid.length / 2);
  }

  async #filesBelow(path: string, depth: number, budget: { left: number; readonly limit: number }): Promise<string[]> {
    const prefix = path === "" ? "" : `${path}/`;
    if (depth > maxDepth) {
      throw new UserError("limit", `folders are nested deeper than ${maxDepth}: ${prefix.slice(0, 200)}…`);
    }
    const entries = await this.list(path);
    budget.left -= entries.length;
    if (budget.left < 0) {
      const where = path === "" ? "the repository" : prefix;
      throw new UserError("limit", `more than ${budget.limit} files and folders below ${where}`);
    }
    const parts: (string | string[])[] = [];
    for (const { kind, name } of entries) {
      if (kind === "file") parts.push(prefix + name);
      else if (kind === "dir") parts.push(await this.#filesBelow(prefix + name, depth + 1, budget));
    }
    return parts.flat();
  }
}

interface Directory {
  readonly entries: readonly NamedEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
}

function directoryOf(children: Children): Directory {
  const found = inGitOrder(children).map(([name, entry]) => ({ name: nameText(name), entry: withKind(entry) }));
  return {
    entries: found.map(({ name, entry }) => ({ ...entry, name })),
    byName: new Map(found.map(({ name, entry }) => [name, entry])),
  };
}

function split(path: string): [parent: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}
