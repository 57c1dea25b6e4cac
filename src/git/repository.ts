import { existsSync } from "node:fs";
import { LRUCache } from "lru-cache";
import { Fault, UserError } from "../model/errors.ts";
import { nearest } from "../model/nearest.ts";
import type { ChangedPath, Repository } from "../model/tree.ts";
import { parseChangedPaths } from "./changed-paths.ts";
import { isNearAncestor } from "./descent.ts";
import { gitEnvironment } from "./environment.ts";
import { gitFault, withoutCredentials } from "./failure.ts";
import { isShallow } from "./git-folder.ts";
import { GitTree, newDirectories } from "./git-tree.ts";
import { readLog } from "./log.ts";
import { localDamage } from "./mirror-damage.ts";
import { GitObjects } from "./objects.ts";
import { isObjectId } from "./oid.ts";
import type { StartProcess } from "./process.ts";
import { PromisedObjects, type PromisedOptions } from "./promised-objects.ts";
import { readRefFile } from "./ref-files.ts";
import { type RefNames, readNamedRefs, readRefs } from "./refs.ts";
import { type GitOutput, runGit } from "./run.ts";
import { differingPaths } from "./tree-difference.ts";

/** How a local repository is opened; everything has a default. */
export interface RepositoryOptions {
  readonly gitPath?: string;
  /** What starts git's processes but the helper; default: this process. */
  readonly start?: StartProcess | undefined;
  /** How long one git process may take. */
  readonly deadlineMs?: number;
  /** How many bytes of objects are kept in memory; 0 for none. */
  readonly cacheBytes?: number;
  /** After how long without a read the helper process ends. */
  readonly idleMs?: number;
  /** For a repository that keeps what others call a ref under a name of its own, as a file. */
  readonly names?: RefNames;
  /** Fetches what a partial clone lacks, for a repository of the user's. Without it, that is missing. */
  readonly promised?: PromisedOptions | undefined;
  /** Told what git says of damage on the disk. */
  readonly onDamage?: (why: string) => void;
}

/** A repository on this machine's disk. */
export interface LocalRepository extends Repository {
  readonly objects: GitObjects;
  /** As `resolve`, but `undefined` for a revision that does not exist. */
  find(revision: string): Promise<string | undefined>;
  /** Ends the helper process; a later read starts it again. */
  close(): Promise<void>;
}

/** How much of what git said is kept. */
const answersBytes = 4 * 1024 * 1024;

/** Opens the repository that `directory` is (bare) or lies in (a checkout). Nothing is read until it is asked for. */
export function openRepository(directory: string, options: RepositoryOptions = {}): LocalRepository {
  const { gitPath = "git", deadlineMs = 60_000, cacheBytes = 32 * 1024 * 1024, idleMs = 60_000 } = options;
  const env = gitEnvironment({ protocols: [] });
  const listen = (stderr: string): void => {
    const why = localDamage(stderr);
    if (why !== undefined) options.onDamage?.(why);
  };
  const helper = { gitPath, cwd: directory, env, silenceMs: deadlineMs, idleMs, onComplaint: listen };
  const promised =
    options.promised && new PromisedObjects({ ...options.promised, directory, gitPath, start: options.start });
  const objects = new GitObjects(helper, cacheBytes, promised);
  const directories = newDirectories();
  const trees = new LRUCache<string, GitTree>({ max: 16 });
  const git = async (...args: string[]): Promise<GitOutput> => {
    const run = await runGit({ gitPath, args, cwd: directory, env, deadlineMs, start: options.start });
    if (run.code !== 0) listen(run.stderr);
    return run;
  };
  const answers = new LRUCache<string, GitOutput>({
    maxSize: answersBytes,
    sizeCalculation: ({ stdout }, question) => question.length + stdout.length + 200,
  });
  /** For questions about objects that are named by their full ids alone: the answer never changes. */
  const gitOfIds = async (...args: string[]): Promise<GitOutput> => {
    const question = args.join("\0");
    const known = answers.get(question);
    if (known !== undefined) return known;
    const run = await git(...args);
    if (run.stderr === "" && (run.code === 0 || run.code === 1)) answers.set(question, run);
    return run;
  };

  const rootOf = async (commit: string): Promise<string> => {
    const object = await objects.read(await resolve(commit));
    const root =
      object === undefined
        ? undefined
        : /^tree ([0-9a-f]+)\n/.exec(Buffer.from(object.bytes).toString("latin1", 0, 80))?.[1];
    if (object?.kind !== "commit" || root === undefined) throw notFound(commit);
    await promised?.survey(root);
    return root;
  };

  const treeOf = (root: string): GitTree => {
    const tree = trees.get(root) ?? new GitTree(root, objects, directories);
    trees.set(root, tree);
    return tree;
  };

  const resolve = async (revision: string): Promise<string> => {
    const oid = await find(revision);
    if (oid !== undefined) return oid;
    throw notFound(revision, await namesLike(revision), isShallow(directory));
  };

  const find = async (revision: string): Promise<string | undefined> => {
    if (!existsSync(directory)) throw noRepository(directory, "no such folder");
    if (isObjectId(revision) && (await objects.read(revision).catch(inNoRepository))?.kind === "commit")
      return revision;
    if (revision === "" || /[\0\n]/.test(revision)) return undefined;
    const name = options.names?.alias(revision) ?? revision;
    const kept = options.names === undefined ? undefined : await readRefFile(directory, name);
    if (kept !== undefined && (await objects.read(kept))?.kind === "commit") return kept;
    return objects.commit(name).catch(inNoRepository);
  };

  const inNoRepository = (error: unknown): never => {
    if (error instanceof Fault && /not a git repository/i.test(error.message))
      throw noRepository(directory, error.message);
    throw error;
  };

  /** A branch or tag that was probably meant; nobody types names into a mirror. */
  const namesLike = async (revision: string): Promise<string | undefined> => {
    if (options.names !== undefined) return undefined;
    const names = [...(await readRefs(git, "refs/heads/")).keys(), ...(await readRefs(git, "refs/tags/")).keys()];
    return nearest(
      revision,
      names.map((name) => name.replace(/^refs\/(?:heads|tags)\//, "")),
    );
  };

  return {
    objects,
    get isPartial() {
      return promised?.isPartial ?? false;
    },
    find,
    resolve,
    async mergeBase(a, b) {
      const [one, other] = await Promise.all([resolve(a), resolve(b)]);
      // A branch that is up to date with the other one begins at its tip.
      if (await isNearAncestor(one, other, objects)) return one;
      const run = await gitOfIds("merge-base", one, other);
      if (run.code === 1 && run.stderr === "") {
        if (isShallow(directory)) throw tooShallow(a, b);
        return undefined;
      }
      if (run.code !== 0) throw gitFault("merge-base", run.stderr);
      return run.stdout.toString("latin1").trim().split("\n")[0];
    },
    async changedPaths(from, to): Promise<readonly ChangedPath[]> {
      const [before, after] = await Promise.all([rootOf(from), rootOf(to)]);
      if (before === after) return [];
      const near = await differingPaths(treeOf(before), treeOf(after));
      if (near !== undefined) return near;
      const run = await gitOfIds(
        "diff-tree",
        "-r",
        "--no-renames",
        "--no-ext-diff",
        "--raw",
        "-z",
        "--no-abbrev",
        before,
        after,
      );
      if (run.code !== 0) throw gitFault("diff-tree", run.stderr);
      return parseChangedPaths(run.stdout);
    },
    async tree(commit) {
      return treeOf(await rootOf(commit));
    },
    log: (request) => readLog({ objects, resolve, git: gitOfIds }, request),
    async isAncestor(ancestor, commit) {
      const [one, other] = await Promise.all([resolve(ancestor), resolve(commit)]);
      const run = await gitOfIds("merge-base", "--is-ancestor", one, other);
      if (run.code > 1 || run.code < 0) throw gitFault("merge-base", run.stderr);
      return run.code === 0;
    },
    refs: (prefix) =>
      options.names === undefined ? readRefs(git, prefix) : readNamedRefs(directory, prefix, options.names),
    close: () => objects.close(),
  };
}

function notFound(revision: string, meant?: string, shallow = false): UserError {
  const exists = shallow ? `name one that exists here: this clone is shallow; ${deepen}` : "name one that exists here";
  const fix = meant === undefined ? exists : `did you mean "${meant}"?`;
  return new UserError("not-found", `${JSON.stringify(revision.slice(0, 200))} is not a branch, tag or commit here`, {
    fix,
  });
}

/** Without the commit where both begin, what changed on the base meanwhile would be shown as undone. */
function tooShallow(a: string, b: string): UserError {
  const [one, other] = [a, b].map((revision) => JSON.stringify(revision.slice(0, 200)));
  return new UserError("input", `this clone is shallow and lacks the commit where ${one} and ${other} part`, {
    fix: deepen,
  });
}

const deepen = "fetch more history: `git fetch --unshallow`, in actions/checkout `fetch-depth: 0`";

function noRepository(directory: string, stderr: string): UserError {
  return new UserError("not-found", `${directory} is not a Git repository`, {
    fix: "name a folder of a Git checkout",
    cause: new Fault("bug", withoutCredentials(stderr)),
  });
}
