import { createHash } from "node:crypto";
import { stageChanges } from "../../src/edit/staged-tree.ts";
import { UserError } from "../../src/model/errors.ts";
import { joinPath } from "../../src/model/paths.ts";
import type { RenderSource } from "../../src/model/render.ts";
import type { ChangedPath, CommitFacts, Repository, Tree, TreeChange, TreeEntry } from "../../src/model/tree.ts";
import { type MemoryEntry, memoryTree } from "./memory-tree.ts";

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
  readonly source: RenderSource;
}

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
  const store = (source: RenderSource, about: MemoryCommit): string => {
    const { parents = [], message = "Commit", date = "2026-01-01T00:00:00Z", author: name = "Test" } = about;
    const text = JSON.stringify([
      source.tree.oid,
      parents,
      message,
      date,
      ...(about.author === undefined ? [] : [name]),
    ]);
    const sha = createHash("sha1").update(text).digest("hex");
    commits.set(sha, { sha, parents, message, date, author: { name, email: "test@example.com" }, source });
    return sha;
  };
  const compared = new Map<string, Promise<readonly ChangedPath[]>>();
  const changedPaths = (from: string, to: string) => {
    const [before, after] = [found(from).source, found(to).source];
    const key = `${before.tree.oid} ${after.tree.oid}`;
    const known = compared.get(key) ?? differences(before, after);
    compared.set(key, known);
    return known;
  };
  const pathsBetween = async (from: string, to: string) => (await changedPaths(from, to)).map(({ path }) => path);
  return {
    branches,
    objects: {
      read: async (oid) => {
        if (commits.has(oid)) return { kind: "commit", bytes: new Uint8Array() };
        // What is read is mostly new.
        for (const { source } of [...commits.values()].reverse()) {
          const object = await source.objects.read(oid);
          if (object !== undefined) return object;
        }
        return undefined;
      },
    },
    commit: (files, about = {}) => {
      const tree = memoryTree(files);
      return store({ tree, objects: tree.objects }, about);
    },
    commitChanges: async (baseTree, changes, about = {}) => {
      const base = [...commits.values()].find(({ source }) => source.tree.oid === baseTree);
      if (base === undefined) throw new UserError("not-found", `no commit has the tree ${baseTree}`);
      return store(await stageChanges(base.source, changes), about);
    },
    resolve: async (revision) => found(revision).sha,
    mergeBase: async (a, b) => {
      const theirs = new Set(history(b).map(({ sha }) => sha));
      return history(a).find(({ sha }) => theirs.has(sha))?.sha;
    },
    changedPaths,
    tree: async (commit) => found(commit).source.tree,
    log: async ({ to, from, paths, firstParent = false, limit = 250 }) => {
      const known = new Set(from === undefined ? [] : history(from).map(({ sha }) => sha));
      const shown: CommitFacts[] = [];
      for (const { source, ...facts } of history(to, firstParent)) {
        const [parent] = facts.parents;
        if (known.has(facts.sha) || shown.length >= limit) continue;
        const wanted = paths ?? [];
        const touched = parent === undefined ? await source.tree.files() : await pathsBetween(parent, facts.sha);
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

async function differences(before: RenderSource, after: RenderSource): Promise<readonly ChangedPath[]> {
  const paths = new Set([...(await leaves(before.tree)), ...(await leaves(after.tree))]);
  const changed: ChangedPath[] = [];
  for (const path of [...paths].sort()) {
    const [old, fresh] = await Promise.all([before.tree.at(path), after.tree.at(path)]);
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
