import { describe, expect, it } from "vitest";
import {
  carriedVersions,
  changedImages,
  compareVersions,
  type EarlierVersion,
  earlierVersions,
  imageVersions,
  sameVersions,
  versionsAt,
} from "../../src/change/versions.ts";
import type { Resource } from "../../src/model/render.ts";
import type { Target } from "../../src/model/target.ts";
import { deployment, world } from "../promote/support/world.ts";
import { memoryTree } from "../support/memory-tree.ts";

const target: Target = {
  id: "web/prod",
  app: "web",
  environment: "prod",
  render: { kind: "kustomize", path: "web/prod", options: {} },
};

function files(tag: string, replicas = 1): Record<string, string> {
  return {
    "web/base/kustomization.yaml": "resources: [web.yaml]\n",
    "web/base/web.yaml": deployment("web", "acme/web:0", "acme/proxy:2"),
    "web/prod/kustomization.yaml": `resources: [../base]\nimages: [{ name: acme/web, newTag: "${tag}" }]\nreplicas: [{ name: web, count: ${replicas} }]\n`,
  };
}

describe("the version of a target", () => {
  it("is what its render runs", async () => {
    const { repository, renderer, temp } = world(files("1"));
    const parts = { repository, renderer, signal: AbortSignal.timeout(600_000) };
    const one = await versionsAt(parts, target, "HEAD");
    expect(one).toMatchObject({
      ok: true,
      images: [
        { image: "acme/proxy", versions: ["2"] },
        { image: "acme/web", versions: ["1"] },
      ],
    });
    temp.commit(files("1", 5));
    const scaled = await versionsAt(parts, target, "HEAD");
    expect([one.digest === scaled.digest, sameVersions(one, scaled)]).toEqual([false, true]);
    temp.commit(files("2", 5));
    expect(sameVersions(one, await versionsAt(parts, target, "HEAD"))).toBe(false);
    temp.commit({ "web/prod/kustomization.yaml": "resources: [gone]\n" });
    const broken = await versionsAt(parts, target, "HEAD");
    expect(broken.ok).toBe(false);
    expect([sameVersions(broken, broken), compareVersions(one, broken).state]).toEqual([false, "unknown"]);
  });

  it("is behind, ahead of or different from another's, by the images that both have", async () => {
    const { repository, renderer, temp } = world(files("1.0.0"));
    const parts = { repository, renderer, signal: AbortSignal.timeout(600_000) };
    const at = async (tag: string) => {
      temp.commit(files(tag));
      return versionsAt(parts, target, "HEAD");
    };
    const [one, two, odd] = [await at("1.0.0"), await at("1.2.0"), await at("main-77")];
    expect(compareVersions(one, two)).toEqual({
      state: "behind",
      differing: [{ image: "acme/web", here: "1.0.0", there: "1.2.0" }],
      lacking: [],
    });
    expect(compareVersions(two, one).state).toBe("ahead");
    expect(compareVersions(one, odd).state).toBe("differs");
    expect(compareVersions(one, one).state).toBe("same");
  });

  it("was another one before: the newest commit of each, commits that change nothing of it left out", async () => {
    const { repository, renderer, temp } = world(files("1"));
    const commits: Record<string, string> = {};
    commits.scaled = temp.commit(files("1", 5), "Scale");
    temp.commit({ "notes.txt": "nothing\n" }, "Write notes");
    commits.two = temp.commit(files("2", 5), "Promote 2");
    temp.commit({ "web/prod/kustomization.yaml": "resources: [gone]\n" }, "Break it");
    temp.commit(files("3", 5), "Promote 3");
    const found: EarlierVersion[] = [];
    const commit = await repository.resolve("HEAD");
    const request = { repository, renderer, target, commit, signal: AbortSignal.timeout(600_000) };
    for await (const one of earlierVersions(request)) found.push(one);
    expect(
      found.map(({ commit: { sha }, version }) => [
        sha,
        version.images.find(({ image }) => image === "acme/web")?.versions,
      ]),
    ).toEqual([
      [commits.two, ["2"]],
      [commits.scaled, ["1"]],
    ]);
  });
});

describe("the versions of a render", () => {
  const pod = (...images: readonly string[]): Resource => {
    const containers = images.map((image, index) => ({ name: `c${index}`, image }));
    return { object: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } } };
  };

  it("are those of its images, by name, each once", () => {
    expect(imageVersions([pod("acme/web:2", "acme/api:1", "acme/web:1", "acme/web:2")])).toEqual([
      { image: "acme/api", versions: ["1"] },
      { image: "acme/web", versions: ["1", "2"] },
    ]);
  });

  it("are others than before where an image changes, comes or goes", () => {
    const before = [pod("acme/web:2", "acme/web:1", "acme/api:1", "acme/old:1")];
    expect(changedImages(before, [pod("acme/web:3", "acme/api:1", "acme/new:1")])).toEqual([
      { image: "acme/new", from: "", to: "1" },
      { image: "acme/old", from: "1", to: "" },
      { image: "acme/web", from: "1, 2", to: "3" },
    ]);
  });

  it("are carried with those of charts that files name", async () => {
    const charts = ["2.0.0", "1.0.0", "2.0.0"].map((version) => `{ name: lib, version: ${version} }`);
    const tree = memoryTree({ "web/prod/kustomization.yaml": `helmCharts: [${charts.join(", ")}]\n` });
    const render = {
      ok: true,
      digest: "d",
      trace: [["", "tree", tree.oid]],
      warnings: [],
      unpinned: [],
      resources: () => [pod("acme/web:1")],
    } as const;
    expect(await carriedVersions(target, render, { tree, objects: tree.objects })).toEqual([
      { image: "acme/web", versions: ["1"] },
      { image: "chart lib", versions: ["1.0.0", "2.0.0"] },
    ]);
  });
});
