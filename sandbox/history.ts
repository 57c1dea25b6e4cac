import { git, gitOnce, revParse } from "./git.ts";
import type { Signature } from "./loose-commit.ts";
import { changedNames, readLooseCommit } from "./loose-commit.ts";

/** A commit as `git log` tells it. */
export interface LoggedCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly files: readonly { readonly status: string; readonly path: string }[];
}

const FIELDS = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x1f");

/** What means the same for ever: full ids, ranges of them and limits. */
const FIXED = /^(?:-n|\d{1,9}|[\da-f]{40}(?:\.\.[\da-f]{40})?)$/;

const ONE = /^(?:([\da-f]{40})\.\.)?([\da-f]{40})(?: -n (\d+))?$/;

/** Commits of a range or other `git log` selection, newest first, with the paths that each changed. */
export async function commitHistory(dir: string, selection: readonly string[]): Promise<LoggedCommit[]> {
  const quick = oneCommit(dir, selection);
  if (quick) return [quick];
  const args = [
    "log",
    "-z",
    "--no-renames",
    "--name-status",
    "-m",
    "--first-parent",
    `--format=%x1e${FIELDS}%x1d`,
    ...selection,
  ];
  const ask = selection.every((part) => FIXED.test(part)) ? gitOnce : git;
  const text = (await ask(dir, args)).stdout.toString("utf8");
  return text.split("\x1e").slice(1).map(parseCommit);
}

/** A single commit, asked for by its id or as all that is new since its parent. */
function oneCommit(dir: string, selection: readonly string[]): LoggedCommit | undefined {
  const [, from, sha = "", limit] = ONE.exec(selection.join(" ")) ?? [];
  const alone = from === undefined ? limit === "1" : limit !== "0";
  const commit = alone ? readLooseCommit(dir, sha) : undefined;
  if (from !== undefined && commit?.parents.join(" ") !== from) return undefined;
  const files = commit && changedNames(dir, commit);
  if (commit === undefined || files === undefined) return undefined;
  const { message, author, committer } = commit;
  return {
    ...commit,
    sha,
    author: { ...author, date: utc(author.date) },
    committer: { ...committer, date: utc(committer.date) },
    message: message.replace(/\n+$/, ""),
    files,
  };
}

/** The commit that a revision names, or undefined. */
export async function commitAt(dir: string, revision: string): Promise<LoggedCommit | undefined> {
  const sha = await revParse(dir, revision);
  return sha === undefined ? undefined : (await commitHistory(dir, [sha, "-n", "1"]))[0];
}

function parseCommit(record: string): LoggedCommit {
  const [head = "", tail = ""] = record.split("\x1d");
  const [sha = "", tree = "", parents = "", an = "", ae = "", ad = "", cn = "", ce = "", cd = "", message = ""] =
    head.split("\x1f");
  return {
    sha,
    tree,
    parents: parents === "" ? [] : parents.split(" "),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.replace(/\n+$/, ""),
    files: parseNames(tail),
  };
}

function parseNames(tail: string): { status: string; path: string }[] {
  const words = tail
    .split("\0")
    .map((word) => word.replace(/^\n+/, ""))
    .filter((word) => word !== "");
  const files: { status: string; path: string }[] = [];
  for (let at = 0; at + 1 < words.length; at += 2)
    files.push({ status: (words[at] ?? "").slice(0, 1), path: words[at + 1] ?? "" });
  return files;
}

/** GitHub tells times in UTC, whatever zone the commit names. */
function utc(date: string): string {
  return new Date(date).toISOString().replace(".000Z", "Z");
}
