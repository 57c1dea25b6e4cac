import { describe, expect, it } from "vitest";
import { z } from "zod";
import { carries, hasMerge, isOwnHead, mergedWithBase, ownHeadOf } from "../../../src/change/pull-request/branch.ts";
import { describesHead, metadataFormat } from "../../../src/change/pull-request/metadata.ts";
import { createSigner } from "../../../src/change/signature.ts";
import { stageChanges } from "../../../src/edit/staged-tree.ts";
import type { Tree, TreeChange, TreeEntry } from "../../../src/model/tree.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { branch, published } from "./support.ts";

type Files = Readonly<Record<string, string>>;

/** A world of which the base and the branch each got these files after they were one. */
async function forked(start: Files, base: Files, ours: Files): Promise<{ world: FakeChange; head: string }> {
  const world = fakeChange(start);
  const head = await world.push("side", ours);
  if (Object.keys(base).length > 0) await world.push("main", base);
  return { world, head };
}

describe("a branch and its base", () => {
  it.each<readonly [string, Files, Files, Files | undefined]>([
    ["only the branch changed a file", {}, { a: "2" }, { a: "2", b: "1" }],
    ["only the base changed a file", { a: "2" }, {}, { a: "2", b: "1" }],
    ["each changed another file", { a: "2" }, { b: "2" }, { a: "2", b: "2" }],
    ["the branch made a file", { a: "2" }, { c: "2" }, { a: "2", b: "1", c: "2" }],
    ["both changed a file in the same way", { a: "2" }, { a: "2" }, { a: "2", b: "1" }],
    ["both changed a file, each in its own way", { a: "2" }, { a: "3" }, undefined],
    ["one of several is changed by both", { a: "2", c: "2" }, { b: "2", c: "3" }, undefined],
    ["both made a file, each in its own way", { c: "2" }, { c: "3" }, undefined],
  ])("merge, or do not, where %s: %s", async (_, base, ours, expected) => {
    const { world, head } = await forked({ a: "1", b: "1" }, base, ours);
    const merged = await mergedWithBase(await world.context(), head);
    expect(merged && (await filesOf(merged.tree))).toEqual(
      expected && { ...(await filesOf(await treeOf(world))), ...expected },
    );
  });

  it("merge what the branch deleted", async () => {
    const { world } = await forked({ a: "1", b: "1" }, {}, {});
    const { repository } = world.github;
    const start = repository.branches.get("main") ?? "";
    const { oid } = await repository.tree(start);
    const head = await repository.commitChanges(oid, [{ kind: "delete", path: "b" }], { parents: [start] });
    await world.push("main", { a: "2" });
    const merged = await mergedWithBase(await world.context(), head);
    expect(await filesOf(merged?.tree)).toMatchObject({ a: "2" });
    expect(await merged?.tree.at("b")).toBeUndefined();
  });

  it("do not merge where they have no commit in common", async () => {
    const world = fakeChange();
    const alone = world.github.repository.commit({ a: "1" });
    const context = await world.context();
    expect(await mergedWithBase(context, alone)).toBeUndefined();
    expect(await carries(context, alone, { changes: [], tree: "" })).toBe(false);
  });
});

describe("a branch carries a change", () => {
  const write = (path: string, text: string): TreeChange => ({
    kind: "write",
    path,
    bytes: Buffer.from(text),
    executable: false,
  });

  it.each<readonly [string, Files, Files, readonly TreeChange[], boolean]>([
    ["it has just that", {}, { a: "2" }, [write("a", "2")], true],
    ["the base moved on elsewhere", { b: "2" }, { a: "2" }, [write("a", "2")], true],
    ["the base has it by now", { a: "2" }, { a: "2" }, [], true],
    ["it has another version", {}, { a: "3" }, [write("a", "2")], false],
    ["it has less", {}, { a: "2" }, [write("a", "2"), write("b", "2")], false],
    ["it has more", {}, { a: "2", b: "2" }, [write("a", "2")], false],
    ["the base changed the same file in another way", { a: "3" }, { a: "2" }, [write("a", "2")], false],
    ["the change is back to what the base had", { a: "2" }, {}, [write("a", "1")], false],
    ["nothing is to change and it changes nothing", {}, {}, [], true],
  ])("where %s: %s %s", async (_, base, ours, changes, is) => {
    const { world, head } = await forked({ a: "1", b: "1" }, base, ours);
    const context = await world.context();
    const { tree } = await stageChanges({ tree: context.tree, objects: context.repository.objects }, changes);
    expect(await carries(context, head, { changes, tree: tree.oid })).toBe(is);
  });

  it("by the mode of a file too", async () => {
    const { world, head } = await forked({ a: "1" }, {}, { a: "2" });
    const context = await world.context();
    const changes = [{ ...write("a", "2"), executable: true }] as const;
    expect(await carries(context, head, { changes, tree: "" })).toBe(false);
  });
});

describe("the base has the merge of a pull request", () => {
  it("once it is merged there", async () => {
    const world = fakeChange();
    const first = world.github.repository.branches.get("main") ?? "";
    const merge = await world.push("main", { a: "1" });
    const side = await world.push("side", { b: "1" });
    const context = await world.context();
    const tree: TreeEntry = { kind: "dir", oid: context.tree.oid };
    const known = async (mergeCommit: string | undefined) => hasMerge(context, { mergeCommit });
    expect(await Promise.all([first, merge, side, undefined, "f".repeat(40), tree.oid].map(known))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("a head of Sluice's own", () => {
  it("is a commit that it made for this branch", async () => {
    const world = fakeChange();
    const { head } = await published(world);
    const context = await world.context();
    expect(await isOwnHead(context, branch, head)).toBe(true);
    expect(await isOwnHead(context, "sluice/note/api", head)).toBe(false);
    expect(await isOwnHead({ ...context, signer: createSigner("another").of(1) }, branch, head)).toBe(false);
    expect(await isOwnHead(context, branch, context.head)).toBe(false);
  });

  it("may have merges of the base on top, with nothing of their own", async () => {
    const world = fakeChange();
    const { head } = await published(world);
    const main = await world.push("main", { "docs/note.md": "elsewhere" });
    const { repository } = world.github;
    const merged = await mergedWithBase(await world.context(), head);
    const commitOf = async (more: Readonly<Record<string, string>>) => {
      const files = await filesOf(merged?.tree);
      return repository.commit({ ...files, ...more }, { parents: [head, main], message: "Merge branch 'main'" });
    };
    const pure = await commitOf({});
    const context = await world.context();
    expect(await ownHeadOf(context, branch, pure)).toBe(head);
    expect(await isOwnHead(context, branch, await commitOf({ version: "9" }))).toBe(false);
    const foreign = await world.push("elsewhere", { "docs/other.md": "of another branch" });
    const other = repository.commit(await filesOf(merged?.tree), { parents: [head, foreign], message: "Merge" });
    expect(await isOwnHead(context, branch, other)).toBe(false);
    const theirs = { repository, head: foreign, tree: await repository.tree(foreign) };
    const files = await filesOf((await mergedWithBase(theirs, head))?.tree);
    const taken = repository.commit(files, { parents: [head, foreign], message: "Merge branch 'elsewhere'" });
    expect(await isOwnHead(context, branch, taken)).toBe(false);
  });

  it("has no merge of the base on top in which a person said how both go together", async () => {
    const world = fakeChange();
    const { head } = await published(world);
    const main = await world.push("main", { version: "0.5" });
    const { repository } = world.github;
    const files = { ...(await filesOf(await repository.tree(main))), version: "1" };
    const resolved = repository.commit(files, { parents: [head, main], message: "Merge branch 'main'" });
    expect(await isOwnHead(await world.context(), branch, resolved)).toBe(false);
  });

  it("is a bug where the mirror does not have it", async () => {
    const context = await fakeChange().context();
    const repository = { ...context.repository, log: async () => [] };
    const signer = createSigner("key").of(1);
    await expect(isOwnHead({ ...context, signer, repository }, branch, "gone")).rejects.toMatchObject({
      name: "Fault",
      kind: "bug",
      message: "no commit gone in the mirror",
    });
  });
});

describe("metadata", () => {
  const signer = createSigner("key").of(1);
  const schema = z.object({ base: z.string(), list: z.array(z.string()) });
  const value = { base: "main", list: Array.from({ length: 500 }, () => "the same again --> ü") };
  const plain = metadataFormat("note", schema);
  const small = metadataFormat("note", schema, { compressed: true });

  it("parses back in its form, compressed or not, and not in the other one", () => {
    const [long, short] = [plain.print(value, branch, signer), small.print(value, branch, signer)];
    expect(plain.parse(`a\n${long}\nb`, branch, signer)).toEqual(value);
    expect(small.parse(`a\n${short}\nb`, branch, signer)).toEqual(value);
    expect(short.length).toBeLessThan(long.length / 10);
    // What was written before it was compressed is still read.
    expect(small.parse(long, branch, signer)).toEqual(value);
    expect(plain.parse(short, branch, signer)).toBeUndefined();
  });

  it("is none of another kind, branch or key, nor without a line", () => {
    const line = plain.print(value, branch, signer);
    expect(metadataFormat("other", schema).parse(line, branch, signer)).toBeUndefined();
    expect(plain.parse(line, "another", signer)).toBeUndefined();
    expect(plain.parse(line, branch, createSigner("another").of(1))).toBeUndefined();
    expect(plain.parse("nothing", branch, signer)).toBeUndefined();
  });

  it("describes a head that it names, and no other", () => {
    const pull = { head: { sha: "a", ref: branch, repository: { owner: "acme", name: "gitops" } } };
    expect(describesHead({ base: "main", head: "a" }, pull)).toBe(true);
    expect(describesHead({ base: "main", head: "b" }, pull)).toBe(false);
    expect(describesHead({ base: "main" }, pull)).toBe(false);
  });
});

function treeOf({ github: { repository } }: FakeChange): Promise<Tree> {
  return repository.tree(repository.branches.get("main") ?? "");
}

async function filesOf(tree: Tree | undefined): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of (await tree?.files()) ?? []) files[path] = Buffer.from((await tree?.read(path)) ?? []).toString();
  return files;
}
