import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChangedPaths } from "../../src/git/changed-paths.ts";
import { GitTree, newDirectories } from "../../src/git/git-tree.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { differingPaths } from "../../src/git/tree-difference.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { tempGit } from "../support/temp-git.ts";
import "../support/seed.ts";

const name = fc.constantFrom("a", "a-b", "a.b", "b", "é");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const entry = fc.constantFrom("100644 one", "100644 two", "100755 one", "120000 one", "160000");
const files = fc
  .dictionary(path, entry, { maxKeys: 10 })
  .map((all) =>
    Object.fromEntries(
      Object.entries(all).filter(([one]) => !Object.keys(all).some((other) => other.startsWith(`${one}/`))),
    ),
  );

describe("what differs between two trees", () => {
  it("is what git diff-tree says", async () => {
    const temp = tempGit();
    const repository = openRepository(temp.dir, { start: launcher.start });
    const commits = imported(temp.dir, fc.sample(files, 25));
    for (const [index, after] of commits.entries()) {
      const before = commits[index - 1] ?? after;
      const [old, fresh] = await Promise.all([before, after].map((commit) => gitTree(commit, repository)));
      const args = ["diff-tree", "-r", "--no-renames", "--raw", "-z", before, after];
      const { stdout } = runSync("git", args, { cwd: temp.dir });
      if (old === undefined || fresh === undefined) throw new Error("no trees");
      expect(await differingPaths(old, fresh)).toEqual(parseChangedPaths(Buffer.from(stdout)));
    }
    await repository.close();
    temp.remove();
  });

  it("is found at the ends and in the middle of a folder of thousands", async () => {
    const temp = tempGit();
    const repository = openRepository(temp.dir, { start: launcher.start });
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`f${at + 1_000}`, "100644 one"]));
    const { f1000: _, ...others } = many;
    const steps = [many, others, { ...others, f1999: "100644 two" }, { ...others, f3000: "100755 one" }, many];
    const commits = imported(temp.dir, steps);
    for (const [index, after] of commits.entries()) {
      const before = commits[index - 1] ?? after;
      const [old, fresh] = await Promise.all([before, after].map((commit) => gitTree(commit, repository)));
      const { stdout } = runSync("git", ["diff-tree", "-r", "--raw", "-z", before, after], { cwd: temp.dir });
      if (old === undefined || fresh === undefined) throw new Error("no trees");
      expect(await differingPaths(old, fresh)).toEqual(parseChangedPaths(Buffer.from(stdout)));
    }
    await repository.close();
    temp.remove();
  });

  it("is left to git where hundreds of folders differ", async () => {
    const temp = tempGit();
    const many = (text: string) =>
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`folder-${index}/file`, text]));
    const [from, to] = [temp.commit(many("1")), temp.commit(many("2"))];
    const repository = openRepository(temp.dir, { start: launcher.start });
    const [old, fresh] = await Promise.all([from, to].map((commit) => gitTree(commit, repository)));
    if (old === undefined || fresh === undefined) throw new Error("no trees");
    expect(await differingPaths(old, fresh)).toBeUndefined();
    expect(await repository.changedPaths(from, to)).toHaveLength(300);
    await repository.close();
    temp.remove();
  });
});

async function gitTree(commit: string, repository: LocalRepository): Promise<GitTree> {
  const { oid } = await repository.tree(commit);
  return new GitTree(oid, repository.objects, newDirectories());
}

/** Commits with these entries and no others, one after the other. */
function imported(dir: string, all: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const commits = all.map((entries) => {
    const lines = Object.entries(entries).map(([at, what]) => {
      const [mode = "", text] = what.split(" ");
      if (text === undefined) return `M ${mode} ${"1".repeat(40)} ${at}\n`;
      return `M ${mode} inline ${at}\ndata ${text.length}\n${text}\n`;
    });
    return `commit refs/heads/main\ncommitter T <t@example.com> 0 +0000\ndata 0\ndeleteall\n${lines.join("")}\n`;
  });
  const { status, stderr } = runSync("git", ["fast-import", "--quiet"], { cwd: dir, input: commits.join("") });
  if (status !== 0) throw new Error(stderr);
  return runSync("git", ["rev-list", "--reverse", "main"], { cwd: dir }).stdout.trim().split("\n");
}
