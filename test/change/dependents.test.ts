import { describe, expect, it } from "vitest";
import { openDependents } from "../../src/change/dependents.ts";
import { changedTargets, includes, innerOwner, otherReaders } from "../../src/change/ownership.ts";
import type { Trace } from "../../src/model/render.ts";
import type { Target } from "../../src/model/target.ts";
import { memoryRenderer, targetIn } from "../support/memory-renderer.ts";
import { memoryTree } from "../support/memory-tree.ts";

const signal = AbortSignal.timeout(600_000);

/** Dependents of targets with these traces, which are known; a target without one is rendered. */
function opened(
  entries: readonly (readonly [target: Target, trace: Trace | undefined])[],
  files: Readonly<Record<string, string>> = {},
) {
  const renderer = memoryRenderer();
  for (const [{ render }, trace] of entries) if (trace !== undefined) renderer.traces.set(render.path, trace);
  const tree = memoryTree(files);
  const seen: string[] = [];
  const dependents = openDependents({
    targets: entries.map(([target]) => target),
    renderer,
    base: { tree, objects: tree.objects },
    signal,
    onProgress: (done, total) => seen.push(`${done} of ${total}`),
  });
  return { dependents, renderer, seen, tree };
}

const ids = (targets: readonly Target[]) => targets.map(({ id }) => id);

describe("who reads a file", () => {
  const read = (path: string): Trace => [[path, "file", "1"]];
  const folder = (path: string): Trace => [[path, "tree", "1"]];

  it("is every target that looked it up, in the order of the plan", async () => {
    const { dependents } = opened([
      [targetIn("b/prod"), read("base/web.yaml")],
      [targetIn("a/prod"), read("base/other.yaml")],
      [targetIn("c/prod"), [["base/web.yaml", "link", "1"]]],
    ]);
    expect(ids(await dependents.of("base/web.yaml"))).toEqual(["b/prod", "c/prod"]);
    expect(ids(await dependents.of("base"))).toEqual([]);
  });

  it("is not who only saw that it is missing, or that its folder is there", async () => {
    const { dependents } = opened([
      [targetIn("a/prod"), [["base/web.yaml", "absent"]]],
      [targetIn("b/prod"), [["base", "dir"]]],
    ]);
    expect(ids(await dependents.of("base/web.yaml"))).toEqual([]);
  });

  it("is a plain target that takes its folder as a whole, at any depth, or the root", async () => {
    const { dependents } = opened([
      [targetIn("a/prod"), folder("apps/web")],
      [targetIn("b/prod"), folder("apps/web/deep")],
      [targetIn("c/prod"), folder("apps/we")],
      [targetIn("d/prod"), folder("")],
    ]);
    expect(ids(await dependents.of("apps/web/deep/a.yaml"))).toEqual(["a/prod", "b/prod", "d/prod"]);
    expect(ids(await dependents.of("apps/web"))).toEqual(["d/prod"]);
    expect(ids(await dependents.of(""))).toEqual([]);
  });

  it.each([
    ["Chart.yaml", true],
    ["Chart.lock", true],
    ["requirements.yaml", true],
    ["requirements.lock", true],
    ["values.yaml", true],
    ["values.schema.json", true],
    [".helmignore", true],
    ["templates/web.yaml", true],
    ["crds/a.yaml", true],
    ["charts/lib/any.txt", true],
    ["values-prod.yaml", false],
    ["README.md", false],
    ["envs/templates/a.yaml", false],
    ["templates", false],
    ["Chart.yaml.orig", false],
  ])("of a chart that is read as a whole counts %s: %s", async (file, counts) => {
    const { dependents } = opened([
      [targetIn("a/prod", "a/prod", "helm"), folder("apps/web")],
      [targetIn("b/prod", "b/prod", "helm"), folder("")],
    ]);
    expect(ids(await dependents.of(`apps/web/${file}`))).toEqual(counts ? ["a/prod"] : []);
    expect(ids(await dependents.of(file))).toEqual(counts ? ["b/prod"] : []);
  });
});

describe("who may render differently", () => {
  const files = { "a/x.yaml": "1", "b/y.yaml": "1", "c/z.yaml": "1" };
  const before = memoryTree(files);
  const oid = async (path: string) => (await before.at(path))?.oid ?? "";

  it("is who looked up something that has another answer now", async () => {
    const { dependents } = opened([
      [targetIn("file/prod"), [["a/x.yaml", "file", await oid("a/x.yaml")]]],
      [targetIn("tree/prod"), [["a", "tree", await oid("a")]]],
      [targetIn("root/prod"), [["", "tree", before.oid]]],
      [targetIn("absent/prod"), [["a/new.yaml", "absent"]]],
      [targetIn("dir/prod"), [["a", "dir"]]],
      [targetIn("other/prod"), [["b/y.yaml", "file", await oid("b/y.yaml")]]],
    ]);
    const changed = memoryTree({ ...files, "a/x.yaml": "2" });
    expect(ids(await dependents.touched(["a/x.yaml"], changed))).toEqual(["file/prod", "tree/prod", "root/prod"]);
    const added = memoryTree({ ...files, "a/new.yaml": "2" });
    expect(ids(await dependents.touched(["a/new.yaml"], added))).toEqual(["tree/prod", "root/prod", "absent/prod"]);
    const { "a/x.yaml": _, ...gone } = files;
    expect(ids(await dependents.touched(["a/x.yaml"], memoryTree(gone)))).toEqual([
      "file/prod",
      "tree/prod",
      "root/prod",
      "dir/prod",
    ]);
    expect(ids(await dependents.touched(["a/x.yaml"], before))).toEqual([]);
    expect(ids(await dependents.touched([], changed))).toEqual([]);
  });
});

describe("who changes with an edit", () => {
  const files = {
    "envs/prod.yaml": "{}",
    "web/prod/reads": "envs/prod.yaml",
    "web/prod/a.yaml": "{}",
    "api/prod/a.yaml": "{}",
  };
  const [web, api] = [targetIn("web/prod"), targetIn("api/prod")];
  const all = targetIn("all/prod", "clusters/prod", "kustomize");
  const including = { "clusters/prod/reads": "web/prod/a.yaml\nenvs/prod.yaml\n" };

  function changing(changed: Readonly<Record<string, string>>) {
    const { dependents, renderer } = opened(
      [web, api, all].map((target) => [target, undefined]),
      { ...files, ...including },
    );
    const tree = memoryTree({ ...files, ...including, ...changed });
    return { dependents, renderer, at: { tree, objects: tree.objects } };
  }

  it("is who renders otherwise, not who reads it", async () => {
    const { dependents, at } = changing({ "envs/prod.yaml": "{ } # the same" });
    expect(ids(await dependents.touched(["envs/prod.yaml"], at.tree))).toEqual(["web/prod", "all/prod"]);
    expect(ids(await dependents.changed(["envs/prod.yaml"], at))).toEqual([]);
    const other = changing({ "envs/prod.yaml": "a: 1" });
    expect(ids(await other.dependents.changed(["envs/prod.yaml"], other.at))).toEqual(["web/prod", "all/prod"]);
  });

  it("may be who includes the target, by what lies in its folder alone", async () => {
    const inside = changing({ "web/prod/a.yaml": "a: 1" });
    const own = await changedTargets(["web/prod/a.yaml"], inside.at, web, inside.dependents);
    expect([ids(own.including), ids(own.others)]).toEqual([["all/prod"], []]);
    const both = changing({ "web/prod/a.yaml": "a: 1", "envs/prod.yaml": "a: 1" });
    const more = await changedTargets(["web/prod/a.yaml", "envs/prod.yaml"], both.at, web, both.dependents);
    expect([ids(more.including), ids(more.others)]).toEqual([[], ["all/prod"]]);
  });
});

describe("traces", () => {
  const files = {
    "a/prod/x.yaml": "{}",
    "b/prod/x.yaml": "broken",
    "base/y.yaml": "{}",
    "a/prod/reads": "base/y.yaml",
  };

  it("are gathered once, when they are asked for, and rendered only where none is known", async () => {
    const { dependents, renderer, seen, tree } = opened(
      [
        [targetIn("a/prod"), undefined],
        [targetIn("k/prod"), [["base/y.yaml", "file", "1"]]],
      ],
      files,
    );
    expect(seen).toEqual([]);
    expect(ids(await dependents.of("base/y.yaml"))).toEqual(["a/prod", "k/prod"]);
    await dependents.touched(["base/y.yaml"], tree);
    expect(renderer.rendered).toEqual(["a/prod"]);
    expect(seen).toEqual(["1 of 2", "2 of 2"]);
  });

  it("of a target that does not render are what it read until then", async () => {
    const { dependents } = opened([[targetIn("b/prod"), undefined]], files);
    expect(ids(await dependents.of("b/prod/x.yaml"))).toEqual(["b/prod"]);
  });
});

describe("a target that takes another one in", () => {
  const inner = targetIn("web/prod", "apps/web/prod");
  const outer = targetIn("all/prod", "clusters/prod", "kustomize");

  it.each([
    ["from a folder of its own", outer, inner, true],
    ["from the root", targetIn("all/prod", ""), inner, true],
    ["but not of another environment", targetIn("all/dev", "clusters/dev"), inner, false],
    ["but not from the same folder", targetIn("all/prod", "apps/web/prod"), inner, false],
    ["but not from a folder within", targetIn("all/prod", "apps/web/prod/more"), inner, false],
    ["but not a chart", outer, targetIn("web/prod", "apps/web/prod", "helm"), false],
  ])("does so %s", (_, other, target, is) => {
    expect(includes(other, target)).toBe(is);
  });

  it("is no other reader of what lies in the folder, but of what lies elsewhere", async () => {
    const traces: Trace = [
      ["apps/web/prod/a.yaml", "file", "1"],
      ["base/a.yaml", "file", "1"],
    ];
    const eu = targetIn("web/eu", "apps/web/eu");
    const { dependents } = opened([
      [inner, traces],
      [outer, traces],
      [eu, traces],
    ]);
    expect(ids(await otherReaders("apps/web/prod/a.yaml", inner, dependents))).toEqual(["web/eu"]);
    expect(ids(await otherReaders("base/a.yaml", inner, dependents))).toEqual(["all/prod", "web/eu"]);
    expect((await innerOwner("apps/web/prod/a.yaml", outer, dependents))?.id).toBe("web/prod");
    expect(await innerOwner("base/a.yaml", outer, dependents)).toBeUndefined();
    expect(await innerOwner("apps/web/prod/a.yaml", inner, dependents)).toBeUndefined();
    expect(await innerOwner("apps/web/prod/a.yaml", eu, dependents)).toBeUndefined();
  });
});

describe("a target that a controller's object declares", () => {
  const declared = (id: string, file: string, parent?: string): Target => ({
    ...targetIn(id, id),
    declaration: { kind: "HelmRelease", namespace: "", name: id, file, ...(parent !== undefined && { parent }) },
  });
  const root = declared("root/prod", "clusters/prod.yaml");
  const web = declared("web/prod", "root/prod/web.yaml", "root/prod");
  const api = declared("api/prod", "root/prod/api.yaml", "root/prod");
  const traces = (path: string): Trace => [[path, "file", "1"]];
  const all = [
    [root, [...traces("root/prod/web.yaml"), ...traces("root/prod/api.yaml")]],
    [web, []],
    [api, []],
  ] as const;

  it("reads the file that its object stands in", async () => {
    const { dependents } = opened(all);
    expect(ids(await dependents.of("root/prod/web.yaml"))).toEqual(["root/prod", "web/prod"]);
    expect(ids(await dependents.of("root/prod/api.yaml"))).toEqual(["root/prod", "api/prod"]);
  });

  it("may be another render whenever the one that its object is in is", async () => {
    const { dependents, tree } = opened(all, { "root/prod/web.yaml": "{}" });
    expect(ids(await dependents.touched(["root/prod/web.yaml"], tree))).toEqual(["root/prod", "web/prod", "api/prod"]);
  });

  it("has no other reader in what its object comes from, which does not own the file either", async () => {
    const { dependents } = opened(all);
    expect(await otherReaders("root/prod/web.yaml", web, dependents)).toEqual([]);
    expect(await innerOwner("root/prod/web.yaml", web, dependents)).toBeUndefined();
    expect(ids(await otherReaders("root/prod/web.yaml", api, dependents))).toEqual(["web/prod"]);
  });
});
