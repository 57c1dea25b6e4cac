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
    const [was, is] = ["host: was\n", "host: is\n"].map((text) => ({ "web/prod/a.yaml": text }));
    const past = await plan(was ?? {}, is ?? {}, undefined, { source: prod });
    expect(past.changes).toEqual([`entry web/prod/a.yaml: ${await oidOf(was ?? {}, "web/prod/a.yaml")}`]);
  });

  it.each<[string, Files[string], Files[string], string]>([
    ["is no YAML", "host: a\n", "host: b\n", "h.txt"],
    ["is a template", "{{ if .a }}\nhost: a\n", "{{ if .a }}\nhost: b\n", "h.yml"],
    ["is a link there", { link: "../a" }, "host: b\n", "h.yaml"],
    ["is a link here", "host: a\n", { link: "../a" }, "h.yaml"],
  ])("is carried whole where a file %s, whatever it says", async (_, there, here, name) => {
    const files = { [`web/staging/${name}`]: there };
    const { changes, notes } = await plan(files, { [`web/prod/${name}`]: here });
    expect(changes).toEqual([`entry web/prod/${name}: ${await oidOf(files, `web/staging/${name}`)}`]);
    expect(notes).toHaveLength(1);
  });

  it("is refused where a file's own values cannot be written into it", async () => {
    const anchored = { "web/staging/a.yaml": "host: &a one\nother: *a\n" };
    await expect(plan(anchored, { "web/prod/a.yaml": "host: two\nother: 1\n" })).rejects.toMatchObject({
      kind: "refused",
    });
  });

  it("has no change of a file that is the target's then", async () => {
    expect(await plan({ "web/staging/a.yaml": "host: a\n" }, { "web/prod/a.yaml": "host: b\n" })).toMatchObject({
      changes: [],
      versions: [],
      notes: [],
    });
  });
});

describe("a copy that would move namespaces", () => {
  const text = (place: string) => {
    const [kind, namespace, name] = place.split("/");
    return `apiVersion: v1\nkind: ${kind}\nmetadata: { namespace: ${namespace}, name: ${name} }\n`;
  };
  const object = (place: string) => {
    const [kind = "", namespace = "", name = ""] = place.split("/");
    return { object: { apiVersion: "v1", kind, metadata: { namespace, name } } };
  };

  /** What the guard says of these objects, before and after, of a source in the namespace staging. */
  async function guard(before: readonly string[], after: readonly string[], parts: InputParts = {}): Promise<unknown> {
    const input = await inputOf(
      { "web/staging/a.yaml": text("Service/staging/web") },
      { "web/prod/a.yaml": "{}" },
      parts,
    );
    const plan = await planDirectory(input);
    try {
      plan.guard?.(before.map(object), after.map(object));
    } catch (error) {
      return error;
    }
    return undefined;
  }

  const fix = "Set the namespace in files that `exclude` names, or say `moveNamespaces: true` if it is meant.";
  const moved = "would move Service web from the namespace `prod`, where it is deleted, to `staging`";

  it.each([
    [["Service/prod/web"], ["Service/staging/web"], moved],
    [["Service/prod/api", "Service/prod/web", "Pod/x/web"], ["Service/staging/web"], moved],
    [["Service/prod/web"], ["Service/staging/web", "Service/prod/x", "Pod/staging/web"], `${moved}, and 1 more`],
    [["Service/prod/web"], ["Service/prod/web", "Pod/staging/new"], "would put Pod new into the namespace `staging`"],
  ])("is refused: %j becomes %j", async (before, after, what) => {
    expect(await guard(before, after)).toMatchObject({ kind: "refused", message: `the copy ${what}`, fix });
  });

  it.each([
    ["something new is in a namespace that the target has", ["Service/prod/web"], ["Service/prod/web", "Pod/prod/new"]],
    ["something new is in a namespace of neither", ["Service/prod/web"], ["Service/prod/web", "Pod/other/new"]],
    ["it was there before", ["Service/prod/web", "Pod/staging/x"], ["Service/prod/web", "Pod/staging/x"]],
    ["the target was empty", [], ["Service/staging/web"]],
  ])("is none where %s", async (_, before, after) => {
    expect(await guard(before, after)).toBeUndefined();
  });

  it("is none where the configuration says that it is meant, or a target takes its own past back", async () => {
    const move = [["Service/prod/web"], ["Service/staging/web"]] as const;
    expect(await guard(...move, { settings: { moveNamespaces: true } })).toBeUndefined();
    const past = targetIn("web/prod", "web/staging");
    expect(await guard(...move, { source: past, target: past })).toBeUndefined();
  });

  it("and one that names the source's environment is told of, but for a target's own past", async () => {
    const named = [{ object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, b: "staging" } }];
    const remarks = async (parts: InputParts) => (await planDirectory(await inputOf({}, {}, parts))).remarks?.(named);
    expect(await remarks({})).toEqual(["`b` of ConfigMap `a` names staging in prod: `staging`."]);
    expect(await remarks({ source: targetIn("web/prod") })).toEqual([]);
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
