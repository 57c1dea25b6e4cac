import { describe, expect, it } from "vitest";
import { fileChanges, lineEditsOf } from "../../src/change/file-changes.ts";
import { StagedFiles } from "../../src/change/staged-files.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { Tree, TreeEntry } from "../../src/model/tree.ts";
import { type MemoryEntry, memoryTree } from "../support/memory-tree.ts";

type Files = Readonly<Record<string, MemoryEntry>>;

/** The tree with some of its files executable. */
function executable(tree: Tree, ...paths: readonly string[]): Tree {
  const marked = (path: string, entry: TreeEntry | undefined): TreeEntry | undefined =>
    entry?.kind === "file" && paths.includes(path) ? { ...entry, executable: true } : entry;
  return { ...tree, at: async (path) => marked(path, await tree.at(path)) };
}

/** Every changed line below the root's folders, `FILE:LINE BEFORE → AFTER`. */
async function edits(before: Tree, after: Tree, paths: readonly string[], max = 100): Promise<readonly string[]> {
  const lines = await lineEditsOf(before, after, await fileChanges(before, after, paths), max);
  return lines.map((edit) => `${edit.file}:${edit.line} ${edit.before} → ${edit.after}`);
}

async function editsOf(before: Files, after: Files, max?: number) {
  return edits(memoryTree(before), memoryTree(after), [""], max);
}

describe("the files that differ between two trees", () => {
  const before = { "a/same.txt": "1", "a/x.txt": "1", "b/gone/deep.txt": "1", "d.txt": "1", link: { link: "a" } };
  const after = { "a/same.txt": "1", "a/x.txt": "2", "c/new.txt": "1", "d.txt/now": "1", link: { link: "b" } };
  const paths = async (at: readonly string[]) =>
    (await fileChanges(memoryTree(before), memoryTree(after), at)).map(({ path, before: old, after: fresh }) => [
      path,
      old?.kind,
      fresh?.kind,
    ]);

  it("are found at any depth, by path, and a folder in a file's place is a file gone and files added", async () => {
    expect(await paths([""])).toEqual([
      ["a/x.txt", "file", "file"],
      ["b/gone/deep.txt", "file", undefined],
      ["c/new.txt", undefined, "file"],
      ["d.txt", "file", undefined],
      ["d.txt/now", undefined, "file"],
      ["link", "link", "link"],
    ]);
  });

  it("are those at and below the paths that are asked for", async () => {
    expect(await paths(["c", "a", "nothing"])).toEqual([
      ["a/x.txt", "file", "file"],
      ["c/new.txt", undefined, "file"],
    ]);
    expect(await paths(["a/same.txt", "d.txt/now"])).toEqual([["d.txt/now", undefined, "file"]]);
    expect(await paths([])).toEqual([]);
  });

  it("may be 20,000 at most", async () => {
    const files = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`f/${index}`, "x"]));
    const [empty, full, over] = [memoryTree({}), memoryTree(files(20_000)), memoryTree(files(20_001))];
    expect(await fileChanges(empty, full, ["f"])).toHaveLength(20_000);
    await expect(fileChanges(empty, over, ["f"])).rejects.toMatchObject({
      kind: "limit",
      message: "more than 20000 files would change",
      fix: "Narrow what is carried with `exclude`.",
    });
  });
});

describe("the changed lines of files", () => {
  it.each([
    ["a changed one", "a\nb\nc\n", "a\nB\nc\n", ["f:2 b → B"]],
    ["an added one", "a\nc\n", "a\nb\nc\n", ["f:2  → b"]],
    ["a removed one", "a\nb\nc\n", "a\nc\n", ["f:2 b → "]],
    ["one for two", "a\nb\n", "a\nx\ny\n", ["f:2 b → x", "f:3  → y"]],
    ["two for one", "a\nb\nc\n", "a\nx\n", ["f:2 b → x", "f:3 c → "]],
    ["several", "a\nb\nc\n", "A\nb\nC\n", ["f:1 a → A", "f:3 c → C"]],
    ["the last one, without an end", "a\nb", "a\nc", ["f:2 b → c"]],
    ["one with a carriage return", "a\r\nb\r\n", "a\r\nc\r\n", ["f:2 b → c"]],
    ["an empty one", "a\n\nb\n", "a\nx\nb\n", ["f:2  → x"]],
    ["an end alone", "a", "a\n", []],
  ])("are %s", async (_, before, after, expected) => {
    expect(await editsOf({ f: before }, { f: after })).toEqual(expected);
  });

  it("of files that come and go are all their lines", async () => {
    expect(await editsOf({ gone: "a\nb\n" }, { new: "c\n" })).toEqual(["gone:1 a → ", "gone:1 b → ", "new:1  → c"]);
  });

  it("are one for what has no lines: binary and large files, links, submodules", async () => {
    const binary = (byte: number) => new Uint8Array([65, 0, byte]);
    const large = "x".repeat(2 ** 20);
    const module = (digit: string) => ({ module: digit.repeat(40) });
    const id = async (content: MemoryEntry) => (await memoryTree({ f: content }).at("f"))?.oid.slice(0, 12);
    const between = (before: MemoryEntry, after: MemoryEntry) => editsOf({ f: before }, { f: after });
    expect(await between(binary(1), binary(2))).toEqual([
      `f:1 (binary or large file ${await id(binary(1))}) → (binary or large file ${await id(binary(2))})`,
    ]);
    expect(await between("a", `${large}x`)).toEqual([
      `f:1 (text ${await id("a")}) → (binary or large file ${await id(`${large}x`)})`,
    ]);
    expect(await between("a", large)).toEqual([`f:1 a → ${large}`]);
    expect(await between({ link: "a" }, module("c"))).toEqual([
      `f:1 (link ${await id({ link: "a" })}) → (submodule cccccccccccc)`,
    ]);
    expect(await editsOf({}, { f: module("c") })).toEqual(["f:1  → (submodule cccccccccccc)"]);
    expect(await editsOf({ f: binary(1) }, {})).toEqual([`f:1 (binary or large file ${await id(binary(1))}) → `]);
  });

  it("have the mode first where that changes", async () => {
    const [old, fresh] = [memoryTree({ f: "a\n" }), memoryTree({ f: "b\n" })];
    expect(await edits(old, executable(fresh, "f"), ["f"])).toEqual(["f:1 (mode 100644) → (mode 100755)", "f:1 a → b"]);
    expect(await edits(executable(old, "f"), old, ["f"])).toEqual(["f:1 (mode 100755) → (mode 100644)"]);
    expect(await edits(executable(old, "f"), memoryTree({}), ["f"])).toEqual(["f:1 a → "]);
    expect(await edits(memoryTree({}), executable(old, "f"), ["f"])).toEqual(["f:1  → a"]);
  });

  it("are cut at the limit, and files beyond it are not read", async () => {
    const read: string[] = [];
    const before = memoryTree({});
    const after = memoryTree({ a: "1\n2\n", b: "3\n", c: "4\n" });
    const watched: Tree = {
      ...after,
      read: async (path, max) => {
        read.push(path);
        return after.read(path, max);
      },
    };
    expect(await edits(before, watched, [""], 3)).toEqual(["a:1  → 1", "a:2  → 2", "b:1  → 3"]);
    expect(read).toEqual(["a", "b"]);
    expect(await edits(before, after, [""], 1)).toEqual(["a:1  → 1"]);
  });

  it("are none of a tree that cannot be read", async () => {
    const broken: Tree = {
      ...memoryTree({ f: "b" }),
      read: async () => Promise.reject(new Fault("unavailable", "gone")),
    };
    await expect(edits(memoryTree({ f: "a" }), broken, ["f"])).rejects.toThrow("gone");
    const refused: Tree = { ...broken, read: async () => Promise.reject(new UserError("refused", "not this one")) };
    await expect(edits(memoryTree({ f: "a" }), refused, ["f"])).rejects.toThrow("not this one");
  });
});

describe("files that are edited", () => {
  const set = (key: string, value: string) => ({ kind: "set", document: 0, path: [key], value }) as const;
  const files = { "b.yaml": "a: 1\nb: 2\n", "a.yaml": "a: 1\n", folder: { link: "a.yaml" } };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  it("are written by path, each edit on those before, and only where something changed", async () => {
    const staged = new StagedFiles(executable(memoryTree(files), "b.yaml"));
    await staged.edit("b.yaml", [set("a", "x")]);
    await staged.edit("b.yaml", [set("b", "w")]);
    await staged.edit("a.yaml", [set("a", "z")]);
    expect(text(await staged.bytes("b.yaml"))).toBe("a: x\nb: w\n");
    expect(staged.changes()).toMatchObject([
      { kind: "write", path: "a.yaml", executable: false },
      { kind: "write", path: "b.yaml", executable: true },
    ]);
    await staged.edit("a.yaml", [{ ...set("a", "1"), value: 1 }]);
    expect(staged.changes().map(({ path }) => path)).toEqual(["b.yaml"]);
  });

  it("stay as they are while nobody edits them", async () => {
    const staged = new StagedFiles(memoryTree(files));
    expect(text(await staged.bytes("a.yaml"))).toBe("a: 1\n");
    await staged.edit("missing.yaml", []);
    expect(staged.changes()).toEqual([]);
  });

  it.each(["missing.yaml", "folder", ""])("are files: %j is none", async (path) => {
    await expect(new StagedFiles(memoryTree(files)).bytes(path)).rejects.toMatchObject({
      name: "Fault",
      kind: "bug",
      message: `an edit of ${path}, which is no file`,
    });
  });
});
