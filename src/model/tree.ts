/** What stands at a path of a Git tree. `oid` is the object's hex id (for `module` the commit that the submodule pins). */
export type TreeEntry =
  | { readonly kind: "file"; readonly oid: string; readonly executable: boolean }
  | { readonly kind: "dir"; readonly oid: string }
  | { readonly kind: "link"; readonly oid: string }
  | { readonly kind: "module"; readonly oid: string };

/** One child of a directory. */
export type NamedEntry = TreeEntry & { readonly name: string };

/**
 * One Git tree, read lazily. Paths are relative to the root, without leading or trailing slash; `""` is the root. Trees are immutable, so
 * answers never change and may be cached without bound in time.
 */
export interface Tree {
  /** The id of the root tree object. */
  readonly oid: string;
  /** What stands at `path`, `undefined` when nothing does. Links are not followed. */
  at(path: string): Promise<TreeEntry | undefined>;
  /** The children of a directory in Git's order; empty when `path` is not a directory. */
  list(path: string): Promise<readonly NamedEntry[]>;
  /** Every file below `path` as paths from the root (links and submodules left out), in Git's order. At most `limit` (default 200,000); more is a `limit` UserError. */
  files(path?: string, limit?: number): Promise<readonly string[]>;
  /** The bytes of the file at `path`; `undefined` when there is no file. Files over `maxBytes` (default 10 MiB) are a `limit` UserError. */
  read(path: string, maxBytes?: number): Promise<Uint8Array | undefined>;
}

/** A raw Git object. */
export interface GitObject {
  readonly kind: "tree" | "blob" | "commit" | "tag";
  readonly bytes: Uint8Array;
}

/** Reads objects by id from one repository. */
export interface ObjectReader {
  /** The object, or `undefined` when the repository does not have it. */
  read(oid: string): Promise<GitObject | undefined>;
}

/** How a path differs between two commits. Renames are a deletion and an addition. */
export interface ChangedPath {
  readonly path: string;
  readonly status: "added" | "deleted" | "modified" | "type-changed";
}

/** Names a repository on GitHub. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/**
 * A repository as the rooms see it: one local object store with commits in it. Every method has a deadline; failures of git are `Fault`s,
 * a revision that does not exist is a `not-found` UserError.
 */
export interface Repository {
  readonly objects: ObjectReader;
  /** The full id of the commit that `revision` names (sha, branch, tag, `HEAD~1`, …). */
  resolve(revision: string): Promise<string>;
  /** The best common ancestor, `undefined` when the histories are unrelated. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /** Paths that differ between the trees of two commits, sorted by path. No rename detection. */
  changedPaths(from: string, to: string): Promise<readonly ChangedPath[]>;
  /** The tree of a commit. */
  tree(commit: string): Promise<Tree>;
}

/** What to bring into a mirror. */
export interface FetchRequest {
  readonly repository: RepositoryName;
  /** Full ref names (`refs/heads/main`, `refs/pull/7/head`) and/or commit ids to have afterwards. */
  readonly want: readonly string[];
}

/** Local mirrors of remote repositories. */
export interface Mirrors {
  /**
   * Brings what `want` names into the repository's bare mirror (created on first use, incremental later, one fetch at a time per repository across
   * processes) and returns the mirror. Commits that are there already cost no network.
   */
  open(request: FetchRequest, signal: AbortSignal): Promise<Repository>;
  /** Ends the helper processes. */
  close(): Promise<void>;
}
