import { describe, expect, it } from "vitest";
import { promoteSchema } from "../../src/config/schema/promotion.ts";
import type { Order } from "../../src/model/versions.ts";
import {
  type Carried,
  type CarriedRequest,
  carriedAt,
  carriedOf,
  compareCarried,
  goesBack,
  orderOfChange,
} from "../../src/promote/carried.ts";
import { versionRuns } from "../../src/promote/version-runs.ts";
import { memoryRenderer, targetIn } from "../support/memory-renderer.ts";
import { type MemoryRepository, memoryRepository } from "../support/memory-repository.ts";

function pod(...images: readonly string[]): string {
  const containers = images.map((image, index) => `{ name: c${index}, image: "${image}" }`).join(", ");
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [${containers}] }\n`;
}

const path = "web/prod/web.yaml";
const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { level: high }\n";

function request(repository: MemoryRepository, settings: Partial<CarriedRequest["settings"]> = {}): CarriedRequest {
  return {
    repository,
    renderer: memoryRenderer(),
    target: targetIn("web/prod"),
    to: "prod",
    settings: { ...promoteSchema.parse({}), ...settings },
    signal: AbortSignal.timeout(600_000),
  };
}

/** What prod has of these files. */
async function carried(files: Record<string, string>, settings: Partial<CarriedRequest["settings"]> = {}) {
  const repository = memoryRepository();
  return carriedAt(request(repository, settings), repository.commit(files));
}

describe("what a target has of that which promotions take", () => {
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  const level = { file: "web.yaml", key: "data.level" };

  it.each<[string, string, Partial<CarriedRequest["settings"]>, object]>([
    [
      "the images, each with all its versions",
      pod("acme/web:2", "acme/web:1", "acme/log:3"),
      {},
      { "acme/log": "3", "acme/web": "1, 2" },
    ],
    ["named values too", config, { paths: [level] }, { "web.yaml: data.level": "high" }],
    ["of `paths`, images and values", pod("acme/web:1"), { strategy: "paths", paths: [] }, { "acme/web": "1" }],
    ["the whole render where nothing else is there", config, {}, { directory: digest }],
    [
      "the whole render besides images where all is carried, without values",
      pod("acme/web:1"),
      { strategy: "directory", paths: [{ file: "web.yaml", key: "kind" }] },
      { "acme/web": "1", directory: digest },
    ],
  ])("is %s", async (_, text, settings, expected) => {
    expect(Object.fromEntries((await carried({ [path]: text }, settings)) ?? [])).toEqual(expected);
  });

  it("is the versions of charts too where versions are carried by their names", async () => {
    const files = {
      [path]: pod("acme/web:1"),
      "web/prod/kustomization.yaml": "helmCharts: [{ name: lib, version: 1.2.3 }]\n",
    };
    const of = async (strategy: "images" | "paths") => {
      const repository = memoryRepository();
      const target = targetIn("web/prod", "web/prod", "kustomize");
      const found = await carriedAt({ ...request(repository, { strategy }), target }, repository.commit(files));
      return Object.fromEntries(found ?? []);
    };
    expect(await of("images")).toEqual({ "acme/web": "1", "chart lib": "1.2.3" });
    expect(await of("paths")).toEqual({ "acme/web": "1" });
  });

  it("is unknown where it does not render, or where there is no such commit", async () => {
    expect(await carried({ [path]: "- a list\n" })).toBeUndefined();
    const repository = memoryRepository();
    const { oid } = await repository.tree(repository.commit({ [path]: config }));
    expect(await carriedAt(request(repository), oid)).toBeUndefined();
    expect(await carriedAt(request(repository), "f".repeat(40))).toBeUndefined();
  });
});

describe("versions that changes are about", () => {
  const all: Carried = new Map([
    ["acme/web", "1"],
    ["mirror/log", "2"],
    ["chart db", "3"],
  ]);

  it("are those of the same name, or of a name that ends alike; all where none is known", () => {
    const of = (...names: readonly string[]) => [
      ...carriedOf(
        all,
        names.map((image) => ({ image })),
      ).keys(),
    ];
    expect(of("acme/web")).toEqual(["acme/web"]);
    expect(of("acme/log", "chart db", "other")).toEqual(["mirror/log", "chart db"]);
    expect(of("other")).toEqual([...all.keys()]);
    expect(of()).toEqual([...all.keys()]);
  });
});

describe("one set of versions beside another", () => {
  it.each<[Record<string, string>, Record<string, string>, Order]>([
    [{ web: "1.0.0" }, { web: "1.0.0" }, "same"],
    [{ web: "1.1.0" }, { web: "1.0.0" }, "newer"],
    [{ web: "1.0.0" }, { web: "1.1.0" }, "older"],
    [{ web: "1.1.0", log: "1.0.0" }, { web: "1.0.0", log: "1.1.0" }, "older"],
    [{ web: "1.1.0", log: "main" }, { web: "1.0.0", log: "old" }, "unknown"],
    [{ web: "1.1.0", log: "1.0.0" }, { web: "1.0.0", log: "1.0.0" }, "newer"],
    [{ web: "1.0.0" }, { web: "1.0.0", log: "1.0.0" }, "unknown"],
    [{ web: "1.0.0", log: "1.0.0" }, { web: "1.0.0" }, "unknown"],
    [{ web: "1.1.0", directory: "b" }, { web: "1.0.0", directory: "a" }, "newer"],
    [{ web: "1.0.0", directory: "b" }, { web: "1.1.0", directory: "a" }, "older"],
    [{ directory: "2.0.0" }, { directory: "1.0.0" }, "unknown"],
    [{ web: "1.1.0", "values.yaml: level": "1" }, { web: "1.0.0", "values.yaml: level": "2" }, "newer"],
    [{ "values.yaml: level": "2" }, { "values.yaml: level": "1" }, "unknown"],
    [{ "values.yaml: image.tag": "1.0.0" }, { "values.yaml: image.tag": "1.1.0" }, "older"],
  ])("%j beside %j is %s", (now, then, order) => {
    expect(compareCarried(new Map(Object.entries(now)), new Map(Object.entries(then)))).toBe(order);
  });

  it.each<[string, string, string, Order]>([
    ["acme/web", "1.0.0", "1.1.0", "newer"],
    ["acme/web", "1.1.0", "1.0.0", "older"],
    ["acme/web", "main", "next", "unknown"],
    ["values.yaml: level", "2", "1", "unknown"],
    ["values.yaml: level", "2", "2", "same"],
    ["values.yaml: tag", "2", "1", "older"],
    ["directory", "2", "1", "unknown"],
  ])("a change of %s from %s to %s is %s, and goes back only where it is older", (image, from, to, order) => {
    expect(orderOfChange({ image, from, to })).toBe(order);
    expect(
      goesBack([
        { image: "acme/log", from: "1", to: "2" },
        { image, from, to },
      ]),
    ).toBe(order === "older");
  });
});

describe("the versions that a target had", () => {
  /** Commits of these images, one after the other; `-` does not render, `+` changes a note only. */
  async function history(...steps: readonly string[]) {
    const repository = memoryRepository();
    const commits: string[] = [];
    let files: Record<string, string> = { [path]: pod("acme/web:0") };
    for (const [index, step] of steps.entries()) {
      if (step === "+") files = { ...files, "web/prod/note.txt": `${index}` };
      else files = { ...files, [path]: step === "-" ? "- a list\n" : pod(`acme/web:${step}`) };
      const parents = commits.slice(-1);
      commits.push(repository.commit(files, { parents, message: `${index}` }));
    }
    return { repository, head: commits.at(-1) ?? "" };
  }

  /** `VERSION FIRST-LAST`, by the numbers of the commits, with `!` where nothing before it is known. */
  async function runs(steps: readonly string[], limit?: number): Promise<readonly string[]> {
    const { repository, head } = await history(...steps);
    const found: string[] = [];
    for await (const { carried: has, first, last, initial } of versionRuns(request(repository), head, limit))
      found.push(`${has.get("acme/web")} ${first.message}-${last.message}${initial ? "!" : ""}`);
    return found;
  }

  it.each<[readonly string[], readonly string[]]>([
    [["1"], ["1 0-0!"]],
    [
      ["1", "2", "+", "3"],
      ["3 3-3", "2 1-2", "1 0-0!"],
    ],
    [
      ["1", "2", "1"],
      ["1 2-2", "2 1-1", "1 0-0!"],
    ],
    [
      ["1", "-", "+", "2"],
      ["2 3-3", "1 0-0!"],
    ],
    [["1", "+", "-", "1"], ["1 0-3!"]],
    [["-"], []],
  ])("after %j are %j", async (steps, expected) => {
    expect(await runs(steps)).toEqual(expected);
  });

  it("are those of the branch, not of the branches that were merged into it", async () => {
    const { repository, head } = await history("1", "2");
    const side = repository.commit({ [path]: pod("acme/web:9") }, { parents: [head], message: "side" });
    const merge = { parents: [head, side], message: "merge" };
    const merged = repository.commit({ [path]: pod("acme/web:3") }, merge);
    const found: unknown[] = [];
    for await (const { carried: has } of versionRuns(request(repository), merged)) found.push(has.get("acme/web"));
    expect(found).toEqual(["3", "2", "1"]);
  });

  it("are looked for among so many commits", async () => {
    expect(await runs(["1", "2", "3"], 2)).toEqual(["3 2-2", "2 1-1!"]);
  });

  it("are no longer looked for when it is stopped", async () => {
    const { repository, head } = await history("1", "2", "3");
    const stop = new AbortController();
    const all = versionRuns({ ...request(repository), signal: stop.signal }, head);
    expect(await all.next()).toMatchObject({ value: { first: { message: "2" } } });
    stop.abort(new Error("stopped"));
    await expect(all.next()).rejects.toThrow("stopped");
  });
});
