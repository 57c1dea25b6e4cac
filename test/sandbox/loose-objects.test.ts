import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ancestors, changedNames, readLooseCommit, writeLooseCommit } from "../../sandbox/loose-commit.ts";
import { readLoose, writeBlob } from "../../sandbox/loose-object.ts";
import { writeLooseTree } from "../../sandbox/loose-tree.ts";
import { countCommits, isAncestor, mergeBase } from "../../sandbox/repository-git.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

let temp: TempGit;
let dir: string;
beforeEach(() => {
  temp = tempGit();
  dir = `${temp.dir}/.git`;
});
afterEach(() => temp.remove());

/** Runs git with what it reads. */
function git(input: string, env: Record<string, string>, ...args: readonly string[]): string {
  const run = runSync("git", args, { cwd: temp.dir, input, env: { ...process.env, ...env } });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
}

/** The tree as git's index makes it. */
function treeByGit(base: string, changes: readonly { path: string; mode: string; sha: string | null }[]): string {
  const env = { GIT_INDEX_FILE: `${dir}/own-index` };
  git("", env, "read-tree", base);
  const lines = changes.map(({ path, mode, sha }) => `${sha === null ? 0 : mode} ${sha ?? "0".repeat(40)}\t${path}\0`);
  git(lines.join(""), env, "update-index", "-z", "--index-info");
  return git("", env, "write-tree");
}

interface Wish {
  readonly path: string;
  readonly mode: string;
  readonly text: string | null;
}

const name = fc.constantFrom("a", "a.b", "a-b", "a0", "ü", "z");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const mode = fc.constantFrom("100644", "100755", "120000");
const change = fc.record({ path, mode, text: fc.option(fc.constantFrom("1", "2"), { nil: null }) });
const changes = fc.uniqueArray(change, { selector: (one) => one.path, minLength: 1, maxLength: 5 });

describe("what the local GitHub writes without git", () => {
  it("is the tree that git's index would make, and what changed is what git's log says", async () => {
    const person = { name: "Ada", email: "ada@example.com", date: "2026-01-02T03:04:05Z" };
    let parent = temp.commit({ "a/a": "0", "a/z": "0", "a.b": "0", z: "0" });
    const step = async (wished: readonly Wish[]) => {
      const some = await Promise.all(
        wished.map(async ({ text, ...rest }) => ({ ...rest, sha: text === null ? null : await writeBlob(dir, text) })),
      );
      const tree = await writeLooseTree(dir, parent, some);
      if (tree === undefined) return;
      expect(tree).toBe(treeByGit(parent, some));
      const message = "Change";
      const sha = await writeLooseCommit(dir, { tree, parents: [parent], message, author: person, committer: person });
      if (sha === undefined) throw new Error("no commit");
      const commit = readLooseCommit(dir, sha);
      const format = ["log", "-1", "-z", "--no-renames", "--name-status", "--format=", sha];
      const words = git("", {}, ...format).split("\0");
      const byGit = words.flatMap((status, at) =>
        at % 2 === 0 && status !== "" ? [{ status, path: words[at + 1] }] : [],
      );
      const sorted = byGit.toSorted((a, b) => Buffer.compare(Buffer.from(a.path ?? ""), Buffer.from(b.path ?? "")));
      expect(commit && changedNames(dir, commit)).toEqual(sorted);
      parent = sha;
    };
    await fc.assert(fc.asyncProperty(changes, step), { numRuns: 25 });
    expect(git("", {}, "fsck", "--strict", parent)).toBe("");
  });

  it("is an empty tree when nothing is left", async () => {
    const base = temp.commit({ "a/b/c": "1" });
    const gone = await writeLooseTree(dir, base, [{ path: "a/b/c", mode: "100644", sha: null }]);
    expect(gone).toBe(temp.git("hash-object", "-t", "tree", "/dev/null"));
  });

  it.each([
    { message: "One line" },
    { message: "Two\n\nparagraphs\n" },
    { message: "" },
    { message: "größer ✓\r\n" },
    { date: "2026-07-01T12:00:00+05:30" },
    { date: "2026-07-01T12:00:00.123Z" },
    { name: " Ada, " },
    { name: "Ada <x>", email: "" },
  ])("is the commit that git makes: $message$date$name", async ({ message = "Change", ...own }) => {
    const first = temp.commit({ a: "1" });
    const tree = temp.git("rev-parse", "HEAD^{tree}");
    const person = { name: "Ada", email: "ada@example.com", date: "2026-01-02T03:04:05Z", ...own };
    const made = await writeLooseCommit(dir, {
      tree,
      parents: [first, first],
      message,
      author: person,
      committer: person,
    });
    const env = ["AUTHOR", "COMMITTER"].flatMap((who) =>
      Object.entries(person).map(([key, value]) => [`GIT_${who}_${key.toUpperCase()}`, value]),
    );
    const byGit = () => git(message, Object.fromEntries(env), "commit-tree", tree, "-p", first, "-F", "-");
    // What must be tidied up is left to git.
    if (made !== undefined) expect(made).toBe(byGit());
    expect(made === undefined).toBe("date" in own ? own.date.includes(".") : "name" in own);
  });

  it("leaves to git what lies in a pack, and what is not there", async () => {
    const base = temp.commit({ a: "1" });
    temp.git("gc", "--quiet");
    expect(readLoose(dir, base)).toBeUndefined();
    expect(await writeLooseTree(dir, base, [{ path: "b", mode: "100644", sha: base }])).toBeUndefined();
    expect(ancestors(dir, base)).toBeUndefined();
    const next = temp.commit({ a: "2" });
    const commit = readLooseCommit(dir, next);
    expect(commit && changedNames(dir, commit)).toBeUndefined();
    expect([await isAncestor(dir, base, next), await countCommits(dir, base, next)]).toEqual([true, 1]);
  });

  it("knows ancestors, counts and merge bases as git does", async () => {
    const base = temp.commit({ a: "1" });
    temp.git("checkout", "-q", "-b", "side");
    const side = temp.commit({ b: "1" });
    temp.git("checkout", "-q", "main");
    const main = temp.commit({ c: "1" });
    temp.git("merge", "-q", "--no-edit", "side");
    const merge = temp.git("rev-parse", "HEAD");
    const all = [base, side, main, merge];
    for (const [a, b] of all.flatMap((one) => all.map((other) => [one, other] as const))) {
      const status = runSync("git", ["merge-base", "--is-ancestor", a, b], { cwd: temp.dir }).status;
      expect(await isAncestor(dir, a, b)).toBe(status === 0);
      expect(await countCommits(dir, a, b)).toBe(Number(temp.git("rev-list", "--count", `${a}..${b}`)));
      expect(await mergeBase(dir, a, b)).toBe(temp.git("merge-base", a, b));
    }
  });
});
