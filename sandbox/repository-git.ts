import { appendFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { GitFailure, git, gitOnce, gitText, revParse } from "./git.ts";
import { ancestors, type Signature, writeLooseCommit } from "./loose-commit.ts";
import { readLoose } from "./loose-object.ts";
import { writeLooseTree } from "./loose-tree.ts";
import { readRefFiles } from "./ref-files.ts";

/** The environment that gives a commit its author and committer. */
function signatureEnvironment(author: Signature, committer: Signature): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date,
  };
}

const SERVE_CONFIG = `[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[gc]
\tauto = 0
`;

/** Makes an empty bare repository that serves as GitHub does: any id may be fetched, reachable or not. */
export async function initBare(dir: string, defaultBranch: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await git(dir, ["init", "--quiet", "--bare", "--template=", `--initial-branch=${defaultBranch}`]);
  await appendFile(join(dir, "config"), SERVE_CONFIG);
}

/** Branches and tags with the ids they point at. */
export async function readRefs(dir: string): Promise<Record<string, string>> {
  return Object.fromEntries([...readRefFiles(dir, "refs/heads"), ...readRefFiles(dir, "refs/tags")]);
}

/** Best common ancestor, or undefined for unrelated histories. */
export async function mergeBase(dir: string, a: string, b: string): Promise<string | undefined> {
  if (ancestors(dir, b)?.has(a)) return a;
  if (ancestors(dir, a)?.has(b)) return b;
  const result = await gitOnce(dir, ["merge-base", a, b], { ok: [0, 1] });
  return result.code === 0 ? result.stdout.toString("utf8").trim() : undefined;
}

/** Whether `ancestor` is reachable from `descendant`. */
export async function isAncestor(dir: string, ancestor: string, descendant: string): Promise<boolean> {
  const quick = ancestors(dir, descendant);
  if (quick) return quick.has(ancestor);
  return (await gitOnce(dir, ["merge-base", "--is-ancestor", ancestor, descendant], { ok: [0, 1] })).code === 0;
}

/** How many commits `to` has that `from` has not. */
export async function countCommits(dir: string, from: string, to: string): Promise<number> {
  const [before, all] = [ancestors(dir, from), ancestors(dir, to)];
  if (before && all) return [...all].filter((one) => !before.has(one)).length;
  return Number(await gitText(dir, ["rev-list", "--count", `${from}..${to}`]));
}

/** The tree of merging `head` into `base`, or undefined when they conflict or have nothing in common. */
export async function mergedTree(dir: string, base: string, head: string): Promise<string | undefined> {
  if (ancestors(dir, head)?.has(base)) return revParse(dir, head, "tree");
  const args = ["merge-tree", "--write-tree", "--no-messages", base, head];
  const result = await gitOnce(dir, args, { ok: [0, 1, 128] });
  return result.code === 0 ? result.stdout.toString("utf8").trim().split("\n")[0] : undefined;
}

/** Writes a commit object. */
export async function writeCommit(
  dir: string,
  commit: { tree: string; parents: readonly string[]; message: string; author: Signature; committer?: Signature },
): Promise<string> {
  const { author, committer = author } = commit;
  const quick = await writeLooseCommit(dir, { ...commit, committer });
  if (quick !== undefined) return quick;
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  return gitText(dir, ["commit-tree", commit.tree, ...parents, "-F", "-"], {
    input: commit.message,
    env: signatureEnvironment(author, committer),
  });
}

/**
 * Replays `head`'s commits since the merge base onto `base`, each with its author. Undefined when one does not apply.
 */
export async function rebased(
  dir: string,
  base: string,
  head: string,
  committer: Signature,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-rebase-"));
  try {
    await git(dir, ["worktree", "add", "--quiet", "--detach", folder, base]);
    await git(folder, ["cherry-pick", "--allow-empty", "--keep-redundant-commits", `${base}..${head}`], {
      env: {
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: committer.date,
      },
    });
    return await gitText(folder, ["rev-parse", "HEAD"]);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await git(dir, ["worktree", "prune"]);
  }
}

/** Writes a tree: `base` (a tree or commit id, or null) with these paths replaced; null removes. */
export async function writeTree(
  dir: string,
  base: string | null,
  entries: readonly { path: string; mode: string; sha: string | null }[],
): Promise<string> {
  const quick = await writeLooseTree(dir, base, entries);
  if (quick !== undefined) return quick;
  const folder = await mkdtemp(join(tmpdir(), "sandbox-index-"));
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await git(dir, base === null ? ["read-tree", "--empty"] : ["read-tree", base], { env });
    const zero = "0".repeat(40);
    const lines = entries.map((entry) =>
      entry.sha === null ? `0 ${zero}\t${entry.path}\0` : `${entry.mode} ${entry.sha}\t${entry.path}\0`,
    );
    await git(dir, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
    return await gitText(dir, ["write-tree"], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a path can stand in a tree. */
export function isTreePath(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
}

/** The blob at a path of a commit, or undefined. */
export async function blobAt(dir: string, commit: string, path: string): Promise<string | undefined> {
  const line = await gitText(dir, ["--literal-pathspecs", "ls-tree", "-z", commit, "--", path]);
  return /^\d+ blob ([\da-f]+)\t/.exec(line)?.[1];
}

/** The type of each object, undefined for what does not exist. One process, however many are asked for. */
export async function objectTypes(dir: string, ids: readonly string[]): Promise<(string | undefined)[]> {
  const quick = ids.map((id) => readLoose(dir, id)?.type);
  if (quick.every((type) => type !== undefined)) return quick;
  const asked = ids.map((id) => (/^[\da-f]{40}$/.test(id) ? id : "invalid"));
  const text = await gitText(dir, ["cat-file", "--batch-check=%(objecttype)"], { input: `${asked.join("\n")}\n` });
  return text.split("\n").map((line) => (line.includes(" ") ? undefined : line));
}

/** What a branch or tag points at, undefined when there is none of this name. */
export async function readRef(dir: string, name: string): Promise<{ sha: string; type: string } | undefined> {
  const branch = readRefFiles(dir, "refs/heads").get(name);
  if (branch !== undefined) return { sha: branch, type: "commit" };
  if (name.startsWith("refs/heads/")) return undefined;
  const text = await gitText(dir, ["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", name]);
  const [, sha, type] =
    text
      .split("\n")
      .map((line) => line.split(" "))
      .find(([one]) => one === name) ?? [];
  return sha === undefined || type === undefined ? undefined : { sha, type };
}

/** Writes files on top of `parent` as one commit and moves the branch there; null deletes a file. */
export async function importCommit(
  dir: string,
  commit: {
    branch: string;
    parent: string | undefined;
    message: string;
    author: Signature;
    files: Readonly<Record<string, string | null>>;
  },
): Promise<void> {
  const { name, email, date } = commit.author;
  const person = `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
  const changes = Object.entries(commit.files).map(([path, content]) =>
    content === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${sized(content)}`,
  );
  const lines = [
    `commit refs/heads/${commit.branch}\nauthor ${person}\ncommitter ${person}\n${sized(commit.message)}`,
    commit.parent === undefined ? "" : `from ${commit.parent}\n`,
    ...changes,
  ];
  await git(dir, ["fast-import", "--quiet", "--date-format=raw"], { input: lines.join("") });
}

function sized(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
