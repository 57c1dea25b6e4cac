import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stageChanges } from "../../src/edit/staged-tree.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import type { RenderSource } from "../../src/model/render.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));
const write = (path: string, content: string, executable = false): TreeChange => ({
  kind: "write",
  path,
  bytes: new TextEncoder().encode(content),
  executable,
});
const remove = (path: string): TreeChange => ({ kind: "delete", path });

describe("a tree with changes", () => {
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

  const source = async (files: Readonly<Record<string, string>>): Promise<RenderSource> => {
    const commit = temp.commit(files);
    return { tree: await repository.tree(commit), objects: repository.objects };
  };

  it("has the id that git gives the same files", async () => {
    const base = await source({ "a/b/c.yaml": "old", "a/d": "d", "x.txt": "x" });
    const { tree } = await stageChanges(base, [write("a/b/c.yaml", "new"), write("a/e/f", "f"), remove("x.txt")]);
    temp.commit({ "a/b/c.yaml": "new", "a/e/f": "f", "x.txt": null });
    expect(tree.oid).toBe(temp.git("rev-parse", "HEAD^{tree}"));
    expect((await tree.at("a/e"))?.oid).toBe(temp.git("rev-parse", "HEAD:a/e"));
    expect((await tree.at("a/b/c.yaml"))?.oid).toBe(temp.git("rev-parse", "HEAD:a/b/c.yaml"));
  });

  it("lists folders in each other to 256 levels", async () => {
    const base = await source({ x: "x" });
    const deep = (levels: number) => `${"d/".repeat(levels)}f`;
    expect(await (await stageChanges(base, [write(deep(256), "f")])).tree.files()).toEqual([deep(256), "x"]);
    const { tree } = await stageChanges(base, [write(deep(257), "f")]);
    await expect(tree.files()).rejects.toThrow("folders are nested deeper than 256");
  });

  it("lists a limited number of files and folders", async () => {
    const { tree } = await stageChanges(await source({ x: "x" }), [write("a/b", "b"), write("a/c", "c")]);
    expect(await tree.files("", 4)).toEqual(["a/b", "a/c", "x"]);
    await expect(tree.files("", 1)).rejects.toThrow("more than 1 files and folders below the repository");
    await expect(tree.files("a", 1)).rejects.toThrow("more than 1 files and folders below a/");
  });

  it("is read like any other tree, changed and unchanged parts", async () => {
    const base = await source({ "a/b/c.yaml": "old", "a/d/e": "e", "keep/x": "x", "keep/y": "y" });
    const { tree } = await stageChanges(base, [
      write("a/b/c.yaml", "new"),
      write("a/run.sh", "#!", true),
      remove("keep/y"),
    ]);
    expect(text(await tree.read("a/b/c.yaml"))).toBe("new");
    expect(text(await tree.read("a/d/e"))).toBe("e");
    expect(text(await tree.read("keep/x"))).toBe("x");
    expect(await tree.read("keep/y")).toBeUndefined();
    expect(await tree.read("a")).toBeUndefined();
    expect(await tree.at("a/run.sh")).toMatchObject({ kind: "file", executable: true });
    expect(await tree.at("a/d")).toMatchObject({ kind: "dir", oid: (await base.tree.at("a/d"))?.oid });
    expect(await tree.at("")).toEqual({ kind: "dir", oid: tree.oid });
    expect((await tree.list("a")).map(({ name }) => name)).toEqual(["b", "d", "run.sh"]);
    expect(await tree.files()).toEqual(["a/b/c.yaml", "a/d/e", "a/run.sh", "keep/x"]);
    expect(await tree.files("a/b")).toEqual(["a/b/c.yaml"]);
    for (const nothing of ["z", "a/b/c.yaml/x", "/a", "a//b", "../a", "keep/y"]) {
      expect(await tree.at(nothing)).toBeUndefined();
      expect(await tree.list(nothing)).toEqual([]);
    }
  });

  it("gives new blobs and trees by id as git stores them, and the source's", async () => {
    const base = await source({ "a/b": "old", c: "c" });
    const { tree, objects } = await stageChanges(base, [write("a/b", "new")]);
    temp.commit({ "a/b": "new" });
    for (const revision of ["HEAD^{tree}", "HEAD:a", "HEAD:a/b", "HEAD:c"]) {
      const oid = temp.git("rev-parse", revision);
      const [ours, gits] = [await objects.read(oid), await repository.objects.read(oid)];
      expect(ours?.kind).toBe(gits?.kind);
      expect(Buffer.from(ours?.bytes ?? [])).toEqual(Buffer.from(gits?.bytes ?? []));
    }
    expect(tree.oid).toBe(temp.git("rev-parse", "HEAD^{tree}"));
    expect(await objects.read("0".repeat(40))).toBeUndefined();
  });

  it("removes folders that lose their last file, up to an empty root", async () => {
    const base = await source({ "a/b/c/d": "d", "a/e": "e" });
    const { tree } = await stageChanges(base, [remove("a/b/c/d")]);
    expect(await tree.at("a/b")).toBeUndefined();
    expect(await tree.list("a/b/c")).toEqual([]);
    expect(await tree.files()).toEqual(["a/e"]);
    const empty = await stageChanges(base, [remove("a/b/c/d"), remove("a/e")]);
    expect(empty.tree.oid).toBe(temp.git("hash-object", "-t", "tree", "/dev/null"));
    expect(await empty.tree.list("")).toEqual([]);
    expect(await empty.tree.files()).toEqual([]);
  });

  it("lets a later change of a path win, and files and folders take each other's place", async () => {
    const base = await source({ "a/b": "b", "a/c": "c", f: "f" });
    const files = async (...changes: readonly TreeChange[]) => (await stageChanges(base, changes)).tree.files();
    expect(text(await (await stageChanges(base, [write("f", "1"), write("f", "2")])).tree.read("f"))).toBe("2");
    expect(await files(write("f", "1"), remove("f"))).toEqual(["a/b", "a/c"]);
    expect(await files(remove("a"), write("a/d", "d"))).toEqual(["a/d", "f"]);
    expect(await files(write("a/d", "d"), remove("a"))).toEqual(["f"]);
    expect(await files(write("a", "file"))).toEqual(["a", "f"]);
    expect(await files(write("f/g", "g"))).toEqual(["a/b", "a/c", "f/g"]);
    expect(await files(write("a", "file"), write("a/z", "z"))).toEqual(["a/z", "f"]);
    expect(await files(remove("f/g"), remove("nothing/here"))).toEqual(["a/b", "a/c", "f"]);
  });

  it("puts objects of the repository where they are wanted, whole folders too", async () => {
    const base = await source({ "staging/x/y": "y", "staging/z": "z", "prod/old": "old", "prod/x/w": "w" });
    const staging = await base.tree.at("staging");
    if (staging === undefined) throw new Error("no folder");
    const { tree, objects } = await stageChanges(base, [
      { kind: "entry", path: "prod", entry: staging },
      write("prod/x/v", "v"),
    ]);
    expect(await tree.files("prod")).toEqual(["prod/x/v", "prod/x/y", "prod/z"]);
    expect(text(await tree.read("prod/x/y"))).toBe("y");
    const again = await stageChanges({ tree, objects }, [write("prod/z", "zz")]);
    expect(text(await again.tree.read("prod/z"))).toBe("zz");
    expect(text(await again.tree.read("prod/x/v"))).toBe("v");
  });

  it("is the source's tree when nothing changes", async () => {
    const base = await source({ "a/b": "b" });
    expect((await stageChanges(base, [])).tree.oid).toBe(base.tree.oid);
    expect((await stageChanges(base, [write("a/b", "b"), remove("c")])).tree.oid).toBe(base.tree.oid);
  });

  it("keeps to the limits of reading", async () => {
    const base = await source({ "a/b": "12345678", "c/d": "d" });
    const { tree } = await stageChanges(base, [write("a/new", "12345678")]);
    await expect(tree.read("a/new", 7)).rejects.toMatchObject({ name: "UserError", kind: "limit" });
    await expect(tree.read("a/b", 7)).rejects.toMatchObject({ name: "UserError", kind: "limit" });
    await expect(tree.files("", 3)).rejects.toMatchObject({ name: "UserError", kind: "limit" });
    expect(await tree.files("", 5)).toHaveLength(3);
  });

  it("leaves nothing of a file that gave way to a folder which was deleted again, and a file below which nothing was", async () => {
    const base = await source({ a: "a", b: "b" });
    const files = async (...changes: readonly TreeChange[]) => (await stageChanges(base, changes)).tree.files();
    expect(await files(write("a/x/y", "y"), remove("a/x"))).toEqual(["b"]);
    expect(await files(write("c", "c"), write("c/x/y", "y"), remove("c/x"))).toEqual(["a", "b"]);
    expect(await files(remove("a/x"))).toEqual(["a", "b"]);
  });

  it("refuses paths that git would not take", async () => {
    const base = await source({ a: "a" });
    const bad = [
      "",
      "/a",
      "a/",
      "a//b",
      "../a",
      "a/../b",
      "./a",
      ".git/config",
      "a/.GIT/x",
      "git~1",
      ".git ",
      ".g\u200cit",
      "a\\..\\b",
      "a\0b",
      "\ud800",
    ];
    for (const path of bad) {
      await expect(stageChanges(base, [write(path, "x")]), JSON.stringify(path)).rejects.toMatchObject({
        kind: "refused",
      });
    }
    expect(
      await (
        await stageChanges(base, [write(".github/x", "x"), write(".gitignore", "x"), write("a.git/b", "")])
      ).tree.files(),
    ).toHaveLength(4);
  });

  it("keeps names that are not Unicode and odd modes of children that it does not touch", async () => {
    const blob = temp.git("hash-object", "-w", "/dev/null");
    const id = Buffer.from(blob, "hex");
    const object = Buffer.concat([Buffer.from("100664 a\xff\0", "latin1"), id, Buffer.from("100644 z\0"), id]);
    const options = { cwd: temp.dir, input: object };
    const made = runSync("git", ["hash-object", "-w", "--literally", "-t", "tree", "--stdin"], options);
    const root = made.stdout.toString().trim();
    const base = {
      tree: await repository.tree(temp.git("commit-tree", "-m", "odd", root)),
      objects: repository.objects,
    };
    const { tree, objects } = await stageChanges(base, [write("m", "m"), remove("z")]);
    const bytes = Buffer.from((await objects.read(tree.oid))?.bytes ?? []).toString("latin1");
    expect(bytes).toContain("100664 a\xff\0");
  });
});

const names = ["a", "a-b", "a.b", "a0", "ab", "b", "é", "Z"];
const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const content = fc.constantFrom("", "one\n", "two\n", "\u0000\xff");
const kind = fc.constantFrom("100644", "100755", "120000", "160000");
const wish = fc.record({ path, content, mode: fc.option(kind, { nil: "delete" }) });

describe.each(["sha1", "sha256"])("random trees of %s objects", (format) => {
  it("have the ids that git's own write-tree gives", async () => {
    const temp = tempGit();
    temp.git("init", "--quiet", "--bare", `--object-format=${format}`, "odb.git");
    const dir = `${temp.dir}/odb.git`;
    const git = (args: readonly string[], input = "") => {
      const run = runSync("git", args, { cwd: dir, input });
      if (run.status !== 0) throw new Error(run.stderr);
      return run.stdout.trim();
    };
    const ids = new Map(["", "one\n", "two\n", "\u0000\xff"].map((c) => [c, git(["hash-object", "-w", "--stdin"], c)]));
    const writeTree = (files: ReadonlyMap<string, string>) => {
      git(["read-tree", "--empty"]);
      git(["update-index", "-z", "--index-info"], [...files].map(([at, entry]) => `${entry}\t${at}\0`).join(""));
      return git(["write-tree", "--missing-ok"]);
    };
    const repository = openRepository(dir, { start: launcher.start });
    const wishes = fc.uniqueArray(wish, { maxLength: 12, selector: (one) => one.path });
    const property = fc.asyncProperty(wishes, wishes, async (before, after) => {
      const files = new Map<string, string>();
      for (const one of before) apply(files, one, ids);
      const commit = git(["-c", "user.name=t", "-c", "user.email=t@t", "commit-tree", "-m", "x", writeTree(files)]);
      const base = { tree: await repository.tree(commit), objects: repository.objects };
      for (const one of after) apply(files, one, ids);
      const made = await stageChanges(
        base,
        after.map((one) => changeOf(one, ids)),
      );
      expect(made.tree.oid).toBe(writeTree(files));
      const kept = [...files].flatMap(([at, entry]) => (entry.startsWith("100") ? [at] : []));
      expect([...(await made.tree.files())].sort()).toEqual(kept.sort());
    });
    try {
      await fc.assert(property, { numRuns: 15 });
    } finally {
      await repository.close();
      temp.remove();
    }
  });
});

interface Wish {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
}

/** The naive way: a flat list of files. */
function apply(files: Map<string, string>, { path: at, content: bytes, mode }: Wish, ids: ReadonlyMap<string, string>) {
  for (const other of [...files.keys()]) if (other === at || other.startsWith(`${at}/`)) files.delete(other);
  if (mode === "delete") return;
  const parts = at.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) files.delete(parts.slice(0, depth).join("/"));
  files.set(at, `${mode} ${ids.get(bytes)}`);
}

function changeOf({ path: at, content: bytes, mode }: Wish, ids: ReadonlyMap<string, string>): TreeChange {
  const oid = ids.get(bytes) ?? "";
  if (mode === "delete") return remove(at);
  if (mode === "120000") return { kind: "entry", path: at, entry: { kind: "link", oid } };
  if (mode === "160000") return { kind: "entry", path: at, entry: { kind: "module", oid } };
  return write(at, bytes, mode === "100755");
}
