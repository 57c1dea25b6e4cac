import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { launcher } from "../support/launcher.ts";
import { type TempGit, tempDir, tempGit } from "../support/temp-git.ts";

describe("a local repository", () => {
  let temp: TempGit;
  let repository: LocalRepository;

  beforeEach(() => {
    temp = tempGit();
    repository = openRepository(temp.dir, { start: launcher.start });
  });
  afterEach(async () => {
    await repository.close();
    temp.remove();
  });

  it("resolves branches, tags, ids and relative names to commit ids", async () => {
    const first = temp.commit({ a: "1" });
    const second = temp.commit({ a: "2" });
    temp.git("tag", "-a", "v1", "-m", "one", first);
    expect(await repository.resolve("main")).toBe(second);
    expect(await repository.resolve("HEAD~1")).toBe(first);
    expect(await repository.resolve("v1")).toBe(first);
    expect(await repository.resolve(second)).toBe(second);
    expect(await repository.resolve(second.slice(0, 10))).toBe(second);
    expect(await repository.resolve(temp.git("rev-parse", "v1"))).toBe(first);
  });

  it.each(["--help", "-h", "--exec=touch pwned", "", "main\nHEAD", "no-such", "HEAD:a", "--all", "a\0b"])(
    "refuses %j as a revision that does not exist",
    async (revision) => {
      temp.commit({ a: "1" });
      await expect(repository.resolve(revision)).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    },
  );

  it("says so when the folder is no repository or does not exist", async () => {
    const empty = tempDir();
    await expect(openRepository(empty, { start: launcher.start }).resolve("main")).rejects.toMatchObject({
      kind: "not-found",
    });
    await expect(openRepository(`${empty}/nothing`).resolve("main")).rejects.toMatchObject({ kind: "not-found" });
  });

  it("finds the merge base, and none for unrelated histories", async () => {
    const base = temp.commit({ a: "1" });
    temp.git("checkout", "-q", "-b", "side");
    const side = temp.commit({ b: "1" });
    temp.git("checkout", "-q", "main");
    temp.commit({ c: "1" });
    expect(await repository.mergeBase("main", side)).toBe(base);
    temp.git("checkout", "-q", "--orphan", "alone");
    temp.commit({ d: "1" });
    expect(await repository.mergeBase("main", "alone")).toBeUndefined();
  });

  it("asks git at most once what can never change, and each time what a branch is", async () => {
    const folder = tempDir();
    const [asked, counting] = [join(folder, "asked"), join(folder, "git")];
    writeFileSync(counting, `#!/bin/sh\necho "$1" >> '${asked}'\nexec git "$@"\n`, { mode: 0o755 });
    const counted = openRepository(temp.dir, { gitPath: counting });
    const base = temp.commit({ a: "1" });
    const first = temp.commit({ a: "2" });
    for (let time = 0; time < 2; time++) {
      expect(await counted.mergeBase(base, first)).toBe(base);
      expect(await counted.isAncestor(first, base)).toBe(false);
      expect(await counted.changedPaths(base, first)).toHaveLength(1);
      expect(await counted.log({ to: first })).toHaveLength(2);
      expect(await counted.resolve("main")).toBe(first);
    }
    const second = temp.commit({ a: "3" });
    expect(await counted.resolve("main")).toBe(second);
    await expect(counted.changedPaths(base, "0".repeat(40))).rejects.toMatchObject({ kind: "not-found" });
    await counted.close();
    const calls = readFileSync(asked, "utf8").split("\n");
    const times = (name: string) => calls.filter((one) => one === name).length;
    expect([times("merge-base"), times("diff-tree"), times("rev-list")]).toEqual([1, 0, 1]);
    rmSync(folder, { recursive: true });
  });

  it("lists changed paths with renames as deletion and addition", async () => {
    const from = temp.commit({ keep: "k", gone: "a longer text that moves", "dir/edit": "1", turns: "x" });
    temp.git("mv", "gone", "there");
    temp.git("rm", "-q", "turns");
    temp.git("update-index", "--add", "--cacheinfo", `120000,${temp.git("hash-object", "-w", "keep")},turns`);
    temp.git("commit", "-q", "-m", "move");
    const to = temp.commit({ "dir/edit": "2", 'dir/ü \t"new"': "n" });
    expect((await repository.changedPaths(from, to)).filter(({ path }) => path !== "turns")).toEqual([
      { path: "dir/edit", status: "modified" },
      { path: 'dir/ü \t"new"', status: "added" },
      { path: "gone", status: "deleted" },
      { path: "there", status: "added" },
    ]);
    expect(await repository.changedPaths(to, to)).toEqual([]);
  });

  it("opens from a folder below the top of a checkout and as a bare repository", async () => {
    const commit = temp.commit({ "deep/er/file": "x" });
    for (const directory of [`${temp.dir}/deep/er`, `${temp.dir}/.git`]) {
      const other = openRepository(directory, { start: launcher.start });
      const tree = await other.tree(commit);
      expect(await tree.files()).toEqual(["deep/er/file"]);
      expect(await other.changedPaths(commit, commit)).toEqual([]);
      await other.close();
    }
  });

  it("takes no notice of configuration that would run programs", async () => {
    const from = temp.commit({ a: "1", ".gitattributes": "* diff=evil" });
    const to = temp.commit({ a: "2" });
    for (const key of ["core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"]) {
      temp.git("config", key, `touch ${temp.dir}/pwned; cat`);
    }
    expect(await repository.changedPaths(from, to)).toHaveLength(1);
    expect(await repository.mergeBase(from, to)).toBe(from);
    expect(readdirSync(temp.dir).sort()).toEqual([".git", ".gitattributes", "a"]);
  });
});
