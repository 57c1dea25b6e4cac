import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { stageChanges } from "../../src/edit/staged-tree.ts";
import { UserError } from "../../src/model/errors.ts";
import { joinPath } from "../../src/model/paths.ts";
import type {
  ChangedPath,
  CommitFacts,
  GitObject,
  Repository,
  Tree,
  TreeChange,
  TreeEntry,
} from "../../src/model/tree.ts";
import { flattened, type MemoryEntry, type MemoryTree, memoryTree } from "./memory-tree.ts";

/** What a commit is made of. `date` is ISO 8601. */
export interface MemoryCommit {
  readonly parents?: readonly string[];
  readonly message?: string;
  readonly date?: string;
  readonly author?: string;
}

/** A repository in memory that tests can commit to. `refs/heads/main` and `main` name the same branch. */
export interface MemoryRepository extends Repository {
  /** Branches by their short name. */
  readonly branches: Map<string, string>;
  /** Makes a commit with exactly these files; no branch moves. */
  commit(files: Readonly<Record<string, MemoryEntry>>, about?: MemoryCommit): string;
  /** Makes a commit of a known tree with changes. */
  commitChanges(baseTree: string, changes: readonly TreeChange[], about?: MemoryCommit): Promise<string>;
}

interface Stored extends CommitFacts {
  readonly tree: MemoryTree;
}

/** Commits without parents begin with it. */
const emptyTree = memoryTree({});

/** Makes an empty one. Commit ids depend on tree, parents, message and date alone, so equal commits have equal ids. */
export function memoryRepository(): MemoryRepository {
  const commits = new Map<string, Stored>();
  const branches = new Map<string, string>();
  const found = (revision: string): Stored => {
    const commit = commits.get(branches.get(revision.replace(/^refs\/heads\//, "")) ?? revision);
    if (commit === undefined) throw new UserError("not-found", `there is no ${revision}`);
    return commit;
  };
  const histories = new Map<string, readonly Stored[]>();
  /** The commit and all its ancestors, nearest first. */
  const history = (revision: string, firstParent = false): readonly Stored[] => {
    const { sha } = found(revision);
    const key = `${sha} ${firstParent}`;
    const known = histories.get(key) ?? ancestors(sha, firstParent);
    histories.set(key, known);
    return known;
  };
  const ancestors = (sha: string, firstParent: boolean): readonly Stored[] => {
    const seen = new Map<string, Stored>();
    for (let next = [sha]; next.length > 0; ) {
      const stored = next.map(found).filter((one) => !seen.has(one.sha));
      for (const one of stored) seen.set(one.sha, one);
      next = stored.flatMap(({ parents }) => (firstParent ? parents.slice(0, 1) : parents));
    }
    return [...seen.values()];
  };
  const trees = new Map<string, MemoryTree>();
  const objects = new Map<string, GitObject>();
  const store = (tree: MemoryTree, about: MemoryCommit): string => {
    const { parents = [], message = "Commit", date = "2026-01-01T00:00:00Z", author: name = "Test" } = about;
    const text = JSON.stringify([tree.oid, parents, message, date, ...(about.author === undefined ? [] : [name])]);
    const sha = createHash("sha1").update(text).digest("hex");
    commits.set(sha, { sha, parents, message, date, author: { name, email: "test@example.com" }, tree });
    if (!trees.has(tree.oid)) for (const [oid, object] of tree.stored) objects.set(oid, object);
    trees.set(tree.oid, tree);
    return sha;
  };
  const compared = new Map<string, Promise<readonly ChangedPath[]>>();
  const changedPaths = (from: string, to: string) => {
    const [before, after] = [found(from).tree, found(to).tree];
    const key = `${before.oid} ${after.oid}`;
    const known = compared.get(key) ?? differences(before, after);
    compared.set(key, known);
    return known;
  };
  const pathsBetween = async (from: string, to: string) => (await changedPaths(from, to)).map(({ path }) => path);
  return {
    branches,
    objects: {
      read: async (oid) => (commits.has(oid) ? { kind: "commit", bytes: new Uint8Array() } : objects.get(oid)),
    },
    commit: (files, about = {}) => store(memoryTree(files), about),
    commitChanges: async (baseTree, changes, about = {}) => {
      const tree = trees.get(baseTree) ?? (baseTree === emptyTree.oid ? emptyTree : undefined);
      if (tree === undefined) throw new UserError("not-found", `no commit has the tree ${baseTree}`);
      return store(await changed(tree, changes), about);
    },
    resolve: async (revision) => found(revision).sha,
    mergeBase: async (a, b) => {
      const theirs = new Set(history(b).map(({ sha }) => sha));
      return history(a).find(({ sha }) => theirs.has(sha))?.sha;
    },
    changedPaths,
    tree: async (commit) => found(commit).tree,
    log: async ({ to, from, paths, firstParent = false, limit = 250 }) => {
      const known = new Set(from === undefined ? [] : history(from).map(({ sha }) => sha));
      const shown: CommitFacts[] = [];
      for (const { tree, ...facts } of history(to, firstParent)) {
        const [parent] = facts.parents;
        if (known.has(facts.sha) || shown.length >= limit) continue;
        const wanted = paths ?? [];
        const touched = parent === undefined ? await tree.files() : await pathsBetween(parent, facts.sha);
        if (wanted.length === 0 || touched.some((path) => wanted.some((at) => `${path}/`.startsWith(`${at}/`))))
          shown.push(facts);
      }
      return shown;
    },
    isAncestor: async (ancestor, commit) => history(commit).some(({ sha }) => sha === found(ancestor).sha),
    refs: async (prefix) =>
      new Map(
        [...branches]
          .map(([name, sha]) => [`refs/heads/${name}`, sha] as const)
          .filter(([ref]) => ref.startsWith(prefix)),
      ),
  };
}

/** A tree with changes in it, which is computed once for all repositories of the process. */
async function changed(tree: MemoryTree, changes: readonly TreeChange[]): Promise<MemoryTree> {
  const key = `${tree.oid} ${changes.map(textOf).join("\0")}`;
  const known = made.get(key) ?? (await flattened(await stageChanges({ tree, objects: tree.objects }, changes)));
  made.set(key, known);
  return known;
}

const made = new LRUCache<string, MemoryTree>({ max: 2_000 });

function textOf(change: TreeChange): string {
  const content = change.kind === "write" ? Buffer.from(change.bytes).toString("latin1") : "";
  const { kind, path } = change;
  return JSON.stringify([
    kind,
    path,
    "entry" in change && change.entry,
    "executable" in change && change.executable,
    content,
  ]);
}

async function differences(before: Tree, after: Tree): Promise<readonly ChangedPath[]> {
  const paths = new Set([...(await leaves(before)), ...(await leaves(after))]);
  const changed: ChangedPath[] = [];
  for (const path of [...paths].sort()) {
    const [old, fresh] = await Promise.all([before.at(path), after.at(path)]);
    if (old === undefined && fresh !== undefined) changed.push({ path, status: "added" });
    else if (old !== undefined && fresh === undefined) changed.push({ path, status: "deleted" });
    else if (!sameEntry(old, fresh)) changed.push({ path, status: "modified" });
  }
  return changed;
}

/** Every file, link and submodule. */
async function leaves(tree: Tree, folder = ""): Promise<readonly string[]> {
  const below = (await tree.list(folder)).map(async ({ name, kind }) => {
    const path = joinPath(folder, name);
    return kind === "dir" ? leaves(tree, path) : [path];
  });
  return (await Promise.all(below)).flat();
}

function sameEntry(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
