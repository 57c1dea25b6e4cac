import { LRUCache } from "lru-cache";
import { UserError } from "../model/errors.ts";
import type { NamedEntry, Tree, TreeEntry } from "../model/tree.ts";
import type { GitObjects } from "./objects.ts";
import { Directory } from "./parse-tree.ts";

const defaultFileLimit = 200_000;
const defaultReadLimit = 10 * 1024 * 1024;
const maxDepth = 256;
const maxRemembered = 50_000;

/** Parsed tree objects by id, shared by all trees of a repository. */
export type Directories = LRUCache<string, Directory>;

/** Makes room for directories with 200,000 entries in all. */
export function newDirectories(): Directories {
  return new LRUCache({ maxSize: 200_000, sizeCalculation: ({ size }) => size + 1 });
}

/** A tree of a repository; see `Tree` for what it promises. */
export class GitTree implements Tree {
  readonly oid: string;
  readonly #objects: GitObjects;
  readonly #directories: Directories;
  /** Directories of this tree by path, `null` where there is none. */
  readonly #byPath = new Map<string, Directory | null>();

  constructor(oid: string, objects: GitObjects, directories: Directories) {
    this.oid = oid;
    this.#objects = objects;
    this.#directories = directories;
  }

  at(path: string): Promise<TreeEntry | undefined> {
    if (path === "") return Promise.resolve({ kind: "dir", oid: this.oid });
    if (path.startsWith("/")) return Promise.resolve(undefined);
    const [parent, name] = split(path);
    const known = this.#byPath.get(parent);
    if (known !== undefined) return Promise.resolve(known?.find(name));
    return this.#directoryAt(parent).then((directory) => directory?.find(name));
  }

  async list(path: string): Promise<readonly NamedEntry[]> {
    return (await this.#directoryAt(path))?.entries ?? [];
  }

  async leaves(path: string): Promise<readonly NamedEntry[]> {
    return (await this.#directoryAt(path))?.leaves ?? [];
  }

  async files(path = "", limit = defaultFileLimit): Promise<readonly string[]> {
    const root = await this.#directoryAt(path);
    if (root === null) return [];
    const budget = { left: limit, limit };
    return this.#filesBelow(root, path === "" ? "" : `${path}/`, 0, budget);
  }

  async read(path: string, maxBytes = defaultReadLimit): Promise<Uint8Array | undefined> {
    const entry = await this.at(path);
    if (entry?.kind !== "file") return undefined;
    const object = await this.#objects.read(entry.oid, maxBytes, path);
    return object?.kind === "blob" ? object.bytes : undefined;
  }

  /** Children of a folder that may differ from those in another tree, on both sides; the rest is equal. */
  async difference(path: string, other: GitTree): Promise<readonly [readonly NamedEntry[], readonly NamedEntry[]]> {
    const [mine, its] = await Promise.all([this.#directoryAt(path), other.#directoryAt(path)]);
    return mine !== null && its !== null ? mine.difference(its) : [mine?.entries ?? [], its?.entries ?? []];
  }

  async #filesBelow(directory: Directory, prefix: string, depth: number, budget: Budget): Promise<string[]> {
    // Directories count too, or folders of empty folders would be walked without end.
    spend(budget, directory.entries.length, prefix);
    if (depth > maxDepth)
      throw new UserError("limit", `folders are nested deeper than ${maxDepth}: ${prefix.slice(0, 200)}…`);
    const parts = await Promise.all(
      directory.entries.map(async (entry) => {
        if (entry.kind === "file") return prefix + entry.name;
        if (entry.kind !== "dir") return [];
        return this.#filesBelow(await this.#load(entry.oid), `${prefix}${entry.name}/`, depth + 1, budget);
      }),
    );
    return parts.flat();
  }

  async #directoryAt(path: string): Promise<Directory | null> {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const found = await this.#find(path);
    if (this.#byPath.size >= maxRemembered) this.#byPath.clear();
    this.#byPath.set(path, found);
    return found;
  }

  async #find(path: string): Promise<Directory | null> {
    if (path === "") return this.#load(this.oid);
    if (path.startsWith("/")) return null;
    const [parent, name] = split(path);
    const entry = (await this.#directoryAt(parent))?.find(name);
    return entry?.kind === "dir" ? this.#load(entry.oid) : null;
  }

  async #load(oid: string): Promise<Directory> {
    const cached = this.#directories.get(oid);
    if (cached !== undefined) return cached;
    const object = await this.#objects.read(oid);
    if (object?.kind !== "tree") throw new UserError("input", `the repository lacks the tree object ${oid}`);
    const directory = new Directory(object.bytes, oid.length / 2);
    this.#directories.set(oid, directory);
    return directory;
  }
}

interface Budget {
  left: number;
  readonly limit: number;
}

function spend(budget: Budget, count: number, prefix: string): void {
  budget.left -= count;
  if (budget.left >= 0) return;
  const where = prefix === "" ? "the repository" : prefix;
  throw new UserError("limit", `more than ${budget.limit} files and folders below ${where}`, {
    fix: "name the folders of the targets in .sluice.yaml",
  });
}

function split(path: string): [parent: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}
