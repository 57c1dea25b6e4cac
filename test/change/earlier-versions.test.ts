import { describe, expect, it } from "vitest";
import {
  changedImages,
  compareVersions,
  type EarlierVersion,
  earlierVersions,
  type HistoryRequest,
  imageVersions,
  sameVersions,
  type TargetVersion,
  versionsIn,
} from "../../src/change/versions.ts";
import type { Resource } from "../../src/model/render.ts";
import { memoryRenderer, targetIn } from "../support/memory-renderer.ts";
import { type MemoryRepository, memoryRepository } from "../support/memory-repository.ts";

const signal = AbortSignal.timeout(600_000);

/** A Deployment with a container for each image, as JSON, which is YAML too. */
function web(...images: readonly string[]): string {
  return JSON.stringify(deployment(...images).object);
}

function deployment(...images: readonly string[]): Resource {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  const spec = { template: { spec: { containers } } };
  return { object: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec } };
}

function version(...images: readonly (readonly [image: string, ...versions: string[]])[]): TargetVersion {
  return {
    ok: true,
    digest: JSON.stringify(images),
    images: images.map(([image, ...versions]) => ({ image, versions })),
  };
}

const broken: TargetVersion = { ok: false, digest: "x", failure: { kind: "input", message: "It is broken." } };

describe("the images of a render", () => {
  it("are sorted by name, each with its versions once", () => {
    expect(imageVersions([deployment("b:2", "a:1", "b:1", "b:2", "c")])).toEqual([
      { image: "a", versions: ["1"] },
      { image: "b", versions: ["1", "2"] },
      { image: "c", versions: [""] },
    ]);
  });

  it("that changed are those with other versions, gone and new ones included", () => {
    const before = [deployment("z:1", "a:1", "b:2", "b:1")];
    const after = [deployment("a:2", "b:1", "b:2", "c:1")];
    expect(changedImages(before, after)).toEqual([
      { image: "a", from: "1", to: "2" },
      { image: "c", from: "", to: "1" },
      { image: "z", from: "1", to: "" },
    ]);
    expect(changedImages([deployment("b:1", "b:2")], [deployment("b:1")])).toEqual([
      { image: "b", from: "1, 2", to: "1" },
    ]);
  });
});

describe("two versions", () => {
  it.each([
    ["of the same images", version(["a", "1"]), version(["a", "1"]), true],
    ["of another version", version(["a", "1"]), version(["a", "2"]), false],
    ["of another image", version(["a", "1"]), version(["b", "1"]), false],
    ["of one image more", version(["a", "1"]), version(["a", "1"], ["b", "1"]), false],
    ["without images", version(), version(), true],
    ["of which one does not render", version(["a", "1"]), broken, false],
    ["of which the other one does not render", broken, version(["a", "1"]), false],
    ["that both do not render", broken, broken, false],
  ])("%s are the same: %s", (_, a, b, same) => {
    expect(sameVersions(a, b)).toBe(same);
  });

  it("with equal images in other renders are the same, but not without images", () => {
    const other = (one: TargetVersion): TargetVersion => ({ ...one, digest: "other" });
    expect(sameVersions(version(["a", "1"]), other(version(["a", "1"])))).toBe(true);
    expect(sameVersions(version(), other(version()))).toBe(false);
    expect(sameVersions(version(), other(version(["a", "1"])))).toBe(false);
  });

  it("compare by the images that both have, and say what is lacking", () => {
    const here = version(["acme/a", "1.0"], ["mirror/b", "1", "2"], ["only-here", "1"]);
    const there = version(["acme/a", "1.1"], ["acme/b", "2"], ["only-there", "1"]);
    expect(compareVersions(here, there)).toEqual({
      state: "differs",
      differing: [
        { image: "acme/a", here: "1.0", there: "1.1" },
        { image: "mirror/b", here: "1, 2", there: "2" },
      ],
      lacking: ["only-there"],
    });
  });

  it.each([
    [["1"], ["1"], "same"],
    [["1", "1"], ["2", "2"], "behind"],
    [["1", "2"], ["2", "2"], "behind"],
    [["2", "2"], ["1", "1"], "ahead"],
    [["1", "2"], ["2", "1"], "differs"],
    [["1", "x"], ["2", "y"], "differs"],
  ])("%j against %j are %s", (ours, theirs, state) => {
    const of = (tags: readonly string[]) => version(...tags.map((tag, index) => [`i${index}`, tag] as const));
    expect(compareVersions(of(ours), of(theirs)).state).toBe(state);
  });

  it("do not compare where one does not render", () => {
    const unknown = { state: "unknown", differing: [], lacking: [] };
    expect(compareVersions(broken, version(["a", "1"]))).toEqual(unknown);
    expect(compareVersions(version(["a", "1"]), broken)).toEqual(unknown);
  });

  it("are read in one tree, or are why it does not render", async () => {
    const repository = memoryRepository();
    const at = async (text: string) => {
      const sha = repository.commit({ "web/prod/web.yaml": text });
      const source = { tree: await repository.tree(sha), objects: repository.objects };
      return versionsIn(targetIn("web/prod"), source, memoryRenderer(), signal);
    };
    expect(await at(web("acme/web:1"))).toEqual({
      ok: true,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      images: [{ image: "acme/web", versions: ["1"] }],
    });
    expect(await at("nothing\n")).toEqual({
      ok: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      failure: { kind: "input", message: "web/prod/web.yaml is no resource", file: "web/prod/web.yaml" },
    });
  });
});

describe("the versions that a target had before", () => {
  /** Commits one after the other; each file set is whole. */
  function history(...files: readonly Readonly<Record<string, string>>[]) {
    const repository = memoryRepository();
    const commits: string[] = [];
    for (const [index, one] of files.entries())
      commits.push(repository.commit(one, { parents: commits.slice(-1), message: `Commit ${index}` }));
    return { repository, commits };
  }

  /** `COMMIT VERSION`, newest first. */
  async function found(
    { repository, commits }: { repository: MemoryRepository; commits: readonly string[] },
    more: Partial<HistoryRequest> = {},
  ): Promise<readonly string[]> {
    const all: EarlierVersion[] = [];
    const request = {
      repository,
      renderer: memoryRenderer(),
      target: targetIn("web/prod"),
      commit: commits.at(-1) ?? "",
      signal,
      ...more,
    };
    for await (const one of earlierVersions(request)) all.push(one);
    return all.map(({ commit, version: { images } }) => `${commit.message} ${images[0]?.versions.join() ?? "none"}`);
  }

  const at = (tag: string, more: Readonly<Record<string, string>> = {}) => ({
    "web/prod/web.yaml": web(`acme/web:${tag}`),
    ...more,
  });

  it("are the newest commit of each, and again where one came back", async () => {
    const all = history(at("1"), at("2"), at("1"), at("1", { "web/prod/x.yaml": "{}" }), at("3"));
    expect(await found(all)).toEqual(["Commit 3 1", "Commit 1 2", "Commit 0 1"]);
  });

  it("leave out commits that change nothing that it reads, and those at which it does not render", async () => {
    const all = history(
      {},
      at("1"),
      at("1", { "other.yaml": "{}" }),
      { "web/prod/web.yaml": "broken" },
      at("2"),
      at("3"),
    );
    expect(await found(all)).toEqual(["Commit 4 2", "Commit 1 1"]);
  });

  it("begin after the present one, also where that does not render", async () => {
    const all = history({}, at("1"), { "web/prod/web.yaml": "broken" });
    expect(await found(all)).toEqual(["Commit 1 1"]);
  });

  it("follow files that it reads elsewhere", async () => {
    const shared = (tag: string) => ({
      "web/prod/reads": "base/web.yaml\n",
      "base/web.yaml": web(`acme/web:${tag}`),
    });
    expect(await found(history({}, shared("1"), shared("2")))).toEqual(["Commit 1 1"]);
  });

  it("of a target at the root follow every file", async () => {
    const all = history({ "web.yaml": web("acme/web:1") }, { "web.yaml": web("acme/web:2") });
    expect(await found(all, { target: targetIn("web/prod", "") })).toEqual(["Commit 0 1"]);
  });

  it("with other fields count where the render has to be exactly another one", async () => {
    const scaled = { "web/prod/x.yaml": "{}" };
    const all = history({}, at("1"), at("1", scaled), at("2"));
    expect(await found(all)).toEqual(["Commit 2 1"]);
    expect(await found(all, { exact: true })).toEqual(["Commit 2 1", "Commit 1 1"]);
  });

  it("are searched in as many commits as is said, along first parents", async () => {
    const all = history({}, at("1"), at("2"), at("3"), at("4"));
    expect(await found(all, { limit: 3 })).toEqual(["Commit 3 3", "Commit 2 2"]);
    const side = all.repository.commit(at("9"), { parents: all.commits.slice(-1), message: "Side" });
    const merge = all.repository.commit(at("5"), { parents: [...all.commits.slice(-1), side], message: "Merge" });
    expect((await found(all, { commit: merge }))[0]).toBe("Commit 4 4");
    expect(await found(all, { commit: merge })).not.toContain("Side 9");
  });
});
