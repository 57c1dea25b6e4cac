import { describe, expect, it } from "vitest";
import { planDirectory } from "../../../src/promote/strategies/directory.ts";
import { targetIn } from "../../support/memory-renderer.ts";
import { type MemoryEntry, memoryTree } from "../../support/memory-tree.ts";
import { type InputParts, inputOf, lines } from "./support.ts";

type Files = Readonly<Record<string, MemoryEntry>>;

/** The plan, with what is left out by these globs. */
async function plan(source: Files, target: Files, exclude?: readonly string[], parts: InputParts = {}) {
  const settings = exclude === undefined ? {} : { exclude: [...exclude] };
  const {
    changes,
    guard: _,
    remarks: __,
    ...rest
  } = await planDirectory(await inputOf(source, target, { settings, ...parts }));
  return { ...rest, changes: lines(changes) };
}

async function oidOf(files: Files, path: string): Promise<string> {
  return (await memoryTree(files).at(path))?.oid ?? "";
}

const source: Files = {
  "web/staging/a.yaml": "{}",
  "web/staging/b/own.yaml": "{}",
  "web/staging/b/x.txt": "new",
  "web/staging/c/y.txt": "same",
  "web/staging/new.txt": "new",
};
const target: Files = {
  "web/prod/a.yaml": "{}",
  "web/prod/b/own.yaml": "{ mine: true }",
  "web/prod/b/x.txt": "old",
  "web/prod/c/y.txt": "same",
  "web/prod/gone.txt": "old",
};

describe("a folder that is carried", () => {
  it("is a new folder as one entry, else file by file, with what it was and becomes", async () => {
    const [from, to] = [await oidOf(target, "web/prod"), await oidOf(source, "web/staging")];
    expect(await plan(source, target)).toEqual({
      versions: [{ image: "directory", from: from.slice(0, 12), to: to.slice(0, 12) }],
      changes: [
        `entry web/prod/b/own.yaml: ${await oidOf(source, "web/staging/b/own.yaml")}`,
        `entry web/prod/b/x.txt: ${await oidOf(source, "web/staging/b/x.txt")}`,
        "delete web/prod/gone.txt",
        `entry web/prod/new.txt: ${await oidOf(source, "web/staging/new.txt")}`,
      ],
      notes: ["`web/prod` becomes what `web/staging` is; whatever that changes in the render is part of the plan."],
      expected: undefined,
    });
  });

  it("keeps what makes the target's environment what it is", async () => {
    const file = (environment: string, more: string) =>
      `namespace: ${environment}-shop\nnamePrefix: ${environment[0]}-\nname: web-${environment}\nhosts: [${environment}.test]\nenv: [{ name: A, value: ${environment} }]\n${more}`;
    const there = { "web/staging/a.yaml": file("staging", "replicas: 3\n"), "web/staging/new/b.txt": "b" };
    const { changes, notes } = await plan(there, { "web/prod/a.yaml": file("prod", "replicas: 1\n") });
    expect(changes).toEqual([
      `write web/prod/a.yaml: ${file("prod", "replicas: 3\n")}`,
      `entry web/prod/new: ${await oidOf(there, "web/staging/new")}`,
    ]);
    expect(notes[1]).toBe("`web/prod/a.yaml`: namespaces, host names and names of prod stay.");
  });

  it("is carried by its largest entries where something in it is left out", async () => {
    const { changes, notes } = await plan(source, target, ["b/own.yaml", "c"]);
    expect(changes).toEqual([
      `entry web/prod/b/x.txt: ${await oidOf(source, "web/staging/b/x.txt")}`,
      "delete web/prod/gone.txt",
      `entry web/prod/new.txt: ${await oidOf(source, "web/staging/new.txt")}`,
    ]);
    expect(notes).toEqual([
      "`web/prod` becomes what `web/staging` is, but for `b/own.yaml`, `c`; whatever that changes in the render is part of the plan.",
    ]);
  });

  it("keeps what is left out on either side alone, and so does a folder that begins alike", async () => {
    const { changes } = await plan(
      { "web/staging/a.yaml": "{}", "web/staging/b/x": "1", "web/staging/bb/x": "1" },
      { "web/prod/a.yaml": "{}", "web/prod/b/x": "2", "web/prod/{environment}": "2", "web/prod/prod": "2" },
      ["b/x", "{environment}"],
    );
    const files = { "web/staging/bb/x": "1" };
    expect(changes).toEqual([
      `entry web/prod/bb: ${await oidOf(files, "web/staging/bb")}`,
      "delete web/prod/{environment}",
    ]);
  });

  it("is deleted but for what is left out where the source has nothing", async () => {
    const { changes, versions } = await plan({}, target, ["b/own.yaml"]);
    expect(changes).toEqual([
      "delete web/prod/a.yaml",
      "delete web/prod/b/x.txt",
      "delete web/prod/c",
      "delete web/prod/gone.txt",
    ]);
    expect(versions).toMatchObject([{ to: "" }]);
    expect((await plan({}, target)).changes).toEqual(["delete web/prod"]);
  });

  it("is there already where nothing differs but what is left out", async () => {
    const same = { "web/prod/a.yaml": "{}", "web/prod/own": "2" };
    const already = { versions: [], changes: [], notes: [], expected: undefined };
    expect(await plan({ "web/staging/a.yaml": "{}", "web/staging/own": "1" }, same, ["own"])).toEqual(already);
    expect(await plan({ "web/staging/a.yaml": "{}" }, { "web/prod/a.yaml": "{}" }, ["none"])).toEqual(already);
  });

  it("takes the target's own past back, which is said", async () => {
    const prod = targetIn("web/prod");
    const { notes, changes } = await plan({ "web/prod/a.yaml": "{}" }, target, undefined, { source: prod });
    expect(changes).toEqual(["delete web/prod/b", "delete web/prod/c", "delete web/prod/gone.txt"]);
    expect(notes).toEqual([
      "`web/prod` becomes what `web/prod` was there; whatever that changes in the render is part of the plan.",
    ]);
  });
});

describe("a folder that cannot be carried", () => {
  it.each([
    [
      targetIn("web/staging", "shop"),
      targetIn("web/prod", "shop"),
      "web/staging and web/prod are the same folder `shop`: nothing is to be copied",
    ],
    [
      targetIn("web/staging", "shop"),
      targetIn("web/prod", "shop/prod"),
      "one of the folders `shop` and `shop/prod` lies in the other one",
    ],
    [
      targetIn("web/staging", "shop/staging"),
      targetIn("web/prod", "shop"),
      "one of the folders `shop/staging` and `shop` lies in the other one",
    ],
    [targetIn("web/staging", ""), targetIn("web/prod", "a"), "one of the folders `` and `a` lies in the other one"],
    [
      targetIn("web/staging", "a", "helm"),
      targetIn("web/prod", "b"),
      "web/staging is rendered by helm and web/prod by plain: a copy would not be the same thing",
    ],
  ])("%o over %o is refused", async (from, to, message) => {
    await expect(plan({}, {}, undefined, { source: from, target: to })).rejects.toMatchObject({
      kind: "refused",
      message,
      fix: expect.stringContaining("Use the strategy `images` or `paths` here"),
    });
  });

  it("but folders that only begin alike are carried", async () => {
    const parts = { source: targetIn("web/staging", "shop"), target: targetIn("web/prod", "shop-prod") };
    expect((await plan({ "shop/a": "1" }, { "shop-prod/a": "2" }, undefined, parts)).changes).toHaveLength(1);
  });
});
