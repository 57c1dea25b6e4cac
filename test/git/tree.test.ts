import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Directory } from "../../src/git/parse-tree.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import type { Trace } from "../../src/model/render.ts";
import { differingLookups, lookupsTouching, traceHolds } from "../../src/model/trace.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

describe("a tree", () => {
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

  it("tells what stands at a path: files, programs, folders, links, submodules, nothing", async () => {
    temp.commit({ "a/b/file.yaml": "x", "a/run.sh": "#!/bin/sh", link: "a" });
    const blob = temp.git("rev-parse", "HEAD:a/b/file.yaml");
    temp.git("update-index", "--chmod=+x", "a/run.sh");
    temp.git("update-index", "--add", "--cacheinfo", `120000,${blob},ln`);
    temp.git("update-index", "--add", "--cacheinfo", `160000,${temp.git("rev-parse", "HEAD")},mod`);
    temp.git("commit", "-q", "-m", "kinds");
    const tree = await repository.tree("HEAD");
    expect(await tree.at("")).toEqual({ kind: "dir", oid: tree.oid });
    expect(await tree.at("a/b/file.yaml")).toMatchObject({ kind: "file", oid: blob, executable: false });
    expect(await tree.at("a/run.sh")).toMatchObject({ kind: "file", executable: true });
    expect(await tree.at("a/b")).toMatchObject({ kind: "dir", oid: temp.git("rev-parse", "HEAD:a/b") });
    expect(await tree.at("ln")).toMatchObject({ kind: "link", oid: blob });
    expect(await tree.at("mod")).toMatchObject({ kind: "module" });
    for (const nothing of ["c", "a/b/file.yaml/x", "ln/x", "../x", "a//b", "/a", "."]) {
      expect(await tree.at(nothing)).toBeUndefined();
    }
    expect(tree.oid).toBe(temp.git("rev-parse", "HEAD^{tree}"));
  });

  it("lists folders and files in Git's order and leaves out links and submodules", async () => {
    temp.commit({ "a/x": "1", "a.b": "2", a0: "3", "z/deep/er/f": "4", Z: "5" });
    temp.git("update-index", "--add", "--cacheinfo", `120000,${temp.git("rev-parse", "HEAD:Z")},link`);
    temp.git("commit", "-q", "-m", "link");
    const tree = await repository.tree("HEAD");
    const leaves = await tree.leaves("");
    expect(await tree.files()).toEqual(
      temp
        .git("ls-files")
        .split("\n")
        .filter((path) => path !== "link"),
    );
    expect(await tree.files("z")).toEqual(["z/deep/er/f"]);
    expect(await tree.files("Z")).toEqual([]);
    expect((await tree.list("")).map(({ name }) => name)).toEqual(["Z", "a.b", "a", "a0", "link", "z"]);
    expect(await tree.list("nothing")).toEqual([]);
    const folders = ["a", "z"];
    const others = (await tree.list("")).filter(({ name }) => !folders.includes(name));
    expect(leaves).toEqual(others);
    expect(await tree.leaves("")).toEqual(others);
    expect(await tree.leaves("nothing")).toEqual([]);
  });

  it("refuses more files than the limit, and folders without end that hold no file", async () => {
    temp.commit({ a: "1", b: "2", c: "3" });
    await expect((await repository.tree("HEAD")).files("", 2)).rejects.toMatchObject({ kind: "limit" });
    let oid = temp.git("mktree", "--missing");
    for (let level = 0; level < 12; level += 1) {
      const input = Array.from({ length: 10 }, (_, index) => `040000 tree ${oid}\td${index}\n`).join("");
      oid = runSync("git", ["mktree"], { cwd: temp.dir, input }).stdout.trim();
    }
    const commit = temp.git("commit-tree", "-m", "bomb", oid);
    await expect((await repository.tree(commit)).files("", 5000)).rejects.toMatchObject({
      name: "UserError",
      kind: "limit",
    });
  });

  it("reads files whole, and refuses one that is too large", async () => {
    const text = "ä".repeat(300_000);
    temp.commit({ big: text, "d/empty": "" });
    const tree = await repository.tree("HEAD");
    expect(Buffer.from((await tree.read("big")) ?? []).toString("utf8")).toBe(text);
    expect(await tree.read("d/empty")).toHaveLength(0);
    expect(await tree.read("d")).toBeUndefined();
    expect(await tree.read("none")).toBeUndefined();
    await expect(tree.read("big", 1000)).rejects.toMatchObject({ kind: "limit", message: /^big has 600000 bytes/ });
    expect(await tree.read("big", 600_000)).toHaveLength(600_000);
  });

  it("refuses a malformed tree object", () => {
    expect(() => new Directory(Buffer.from("100644 name\0short"), 20)).toThrow(/malformed/);
    expect(() => new Directory(Buffer.from("no end"), 20)).toThrow(/malformed/);
  });

  it("compares a trace with a tree, exactly", async () => {
    temp.commit({ "base/k.yaml": "1", "base/other": "1", "chart/t/a": "1" });
    const id = (path: string): string => temp.git("rev-parse", `HEAD:${path}`);
    const trace: Trace = [
      ["base", "dir"],
      ["base/k.yaml", "file", id("base/k.yaml")],
      ["base/k.yml", "absent"],
      ["chart", "tree", id("chart")],
    ];
    const touched = async (files: Record<string, string | null>): Promise<unknown[]> => {
      const before = temp.git("rev-parse", "HEAD");
      const after = temp.commit(files);
      const tree = await repository.tree(after);
      const differing = await differingLookups(trace, tree);
      expect(await traceHolds(trace, tree)).toBe(differing.length === 0);
      const changed = (await repository.changedPaths(before, after)).map(({ path }) => path);
      for (const lookup of differing) expect(lookupsTouching(trace, changed)).toContain(lookup);
      temp.git("reset", "-q", "--hard", before);
      return differing.map(([path]) => path);
    };
    expect(await touched({ "base/other": "2" })).toEqual([]);
    expect(await touched({ "base/k.yaml": "2" })).toEqual(["base/k.yaml"]);
    expect(await touched({ "base/k.yml": "new" })).toEqual(["base/k.yml"]);
    expect(await touched({ "chart/t/deep/new": "new" })).toEqual(["chart"]);
    expect(await touched({ "chart/t/a": null })).toEqual(["chart"]);
    expect(await touched({ "base/k.yaml": null, "base/other": null })).toEqual(["base", "base/k.yaml"]);
  });
});
