/**
 * What stands at a path of a Git tree. `oid` is the object's hex id (for `module` the commit that the submodule pins).
 */
export type TreeEntry =
  | { readonly kind: "file"; readonly oid: string; readonly executable: boolean }
  | { readonly kind: "dir"; readonly oid: string }
  | { readonly kind: "link"; readonly oid: string }
  | { readonly kind: "module"; readonly oid: string };

/** One child of a directory. */
export type NamedEntry = TreeEntry & { readonly name: string };

/**
 * One Git tree, read lazily. Paths are relative to the root, without leading or trailing slash; `""` is the root. Trees
 * are immutable, so answers never change and may be cached without bound in time.
 */
export interface Tree {
  /** The id of the root tree object. */
  readonly oid: string;
  /** What stands at `path`, `undefined` when nothing does. Links are not followed. */
  at(path: string): Promise<TreeEntry | undefined>;
  /** The children of a directory in Git's order; empty when `path` is not a directory. */
  list(path: string): Promise<readonly NamedEntry[]>;
  /** The children of a directory that are no directories, as `list` has them. Cheap where most are directories. */
  leaves(path: string): Promise<readonly NamedEntry[]>;
  /**
   * Every file below `path` as paths from the root (links and submodules left out), in Git's order. At most `limit`
   * (default 200,000); more is a `limit` UserError.
   */
  files(path?: string, limit?: number): Promise<readonly string[]>;
  /**
   * The bytes of the file at `path`; `undefined` when there is no file. Files over `maxBytes` (default 10 MiB) are a
   * `limit` UserError.
   */
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

/**
 * What stands at one path after a change: new bytes, an object that the repository has already (with its mode), or
 * nothing.
 */
export type TreeChange =
  | { readonly kind: "write"; readonly path: string; readonly bytes: Uint8Array; readonly executable: boolean }
  | { readonly kind: "entry"; readonly path: string; readonly entry: TreeEntry }
  | { readonly kind: "delete"; readonly path: string };

/** One commit, as history shows it. */
export interface CommitFacts {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  /** Of the committer, ISO 8601. */
  readonly date: string;
  /** The whole message. */
  readonly message: string;
}

/** Which commits are asked for, newest first: reachable from `to` and not from `from`. */
export interface LogRequest {
  readonly to: string;
  readonly from?: string;
  /** Only commits that changed something at or below one of these paths. */
  readonly paths?: readonly string[];
  /** Follow first parents only: the commits that landed on the branch, one for each merge. */
  readonly firstParent?: boolean;
  /** At most this many (default 250). */
  readonly limit?: number;
}

/** Names a repository on GitHub. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/**
 * A repository as the rooms see it: one local object store with commits in it. Every method has a deadline; failures of
 * git are `Fault`s, a revision that does not exist is a `not-found` UserError.
 */
export interface Repository {
  readonly objects: ObjectReader;
  /** Files of old commits may have to be fetched: who only likes to know leaves them. Absent: all files are here. */
  readonly isPartial?: boolean;
  /** The full id of the commit that `revision` names (sha, branch, tag, `HEAD~1`, …). */
  resolve(revision: string): Promise<string>;
  /** The best common ancestor, `undefined` when the histories are unrelated. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /** Paths that differ between the trees of two commits, sorted by path. No rename detection. */
  changedPaths(from: string, to: string): Promise<readonly ChangedPath[]>;
  /** The tree of a commit. */
  tree(commit: string): Promise<Tree>;
  /** Commits, newest first. */
  log(request: LogRequest): Promise<readonly CommitFacts[]>;
  /** Whether `ancestor` is `commit` or one of its ancestors. */
  isAncestor(ancestor: string, commit: string): Promise<boolean>;
  /**
   * Branches whose full ref name (`refs/heads/…`) begins with `prefix`, with their commits. In a mirror: as of the last
   * fetch that asked for them.
   */
  refs(prefix: string): Promise<ReadonlyMap<string, string>>;
}

/** What to bring into a mirror. */
export interface FetchRequest {
  readonly repository: RepositoryName;
  /** Full ref names (`refs/heads/main`, `refs/pull/7/head`) and/or commit ids to have afterwards. */
  readonly want: readonly string[];
  /**
   * Full ref names that may be missing, and patterns of them (`refs/heads/sluice/promote/*`; the star stands for any
   * rest, slashes included). Afterwards the mirror has exactly those that the remote has: `refs` and `resolve` no
   * longer know what was deleted there.
   */
  readonly wantIfThere?: readonly string[];
}

/** Local mirrors of remote repositories. */
export interface Mirrors {
  /**
   * Brings what `want` names into the repository's bare mirror (created on first use, incremental later, one fetch at a
   * time per repository across processes) and returns the mirror. Commits that are there already cost no network.
   */
  open(request: FetchRequest, signal: AbortSignal): Promise<Repository>;
  /** Ends the helper processes. */
  close(): Promise<void>;
}
