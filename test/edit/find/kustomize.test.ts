import { describe, expect, it } from "vitest";
import { settingLines } from "./support/setting-lines.ts";
import { kustomize, targetsOf } from "./support/target.ts";

const { fixture, target } = targetsOf();
const agent = `localhost:5000/agent@sha256:${"0123456789abcdef".repeat(4)}`;

describe("what sets the images of a kustomize target", () => {
  it("is found in the overlay, its bases and what these include, the deciding first", async () => {
    const { found } = await fixture("kustomize", kustomize("overlays/prod"));
    expect(settingLines(found.settings)).toEqual([
      `overlays/prod/kustomization.yaml kustomize-image ghcr.io/acme/migrate: digest=sha256:${"a".repeat(64)}`,
      "overlays/prod/kustomization.yaml kustomize-image ghcr.io/acme/web: tag=1.3.0",
      "base/Kustomization kustomize-image ghcr.io/acme/web: name=ghcr.io/acme/web tag=1.0.0 < overlays/prod/kustomization.yaml:7",
      `monitoring/agent.yaml manifest localhost:5000/agent: whole=${agent}`,
      "base/jobs.yaml manifest ghcr.io/acme/clean: whole=ghcr.io/acme/clean:7",
      "base/web.yaml manifest ghcr.io/acme/migrate: whole=ghcr.io/acme/migrate:0.9.0 < overlays/prod/kustomization.yaml:9",
      "base/web.yaml manifest ghcr.io/acme/web: whole=web < base/Kustomization:8",
      "base/web.yaml manifest envoy: whole=envoy:v1.30.1",
    ]);
    expect(found.kustomizations).toEqual([
      "overlays/prod/kustomization.yaml",
      "base/Kustomization",
      "monitoring/kustomization.yml",
    ]);
    expect(found).toMatchObject({ problems: [], valueFiles: [] });
  });

  it("names the line of what decides, counted from 1", async () => {
    const { found, text } = await fixture("kustomize", kustomize("overlays/prod"));
    const lines = (await text("overlays/prod/kustomization.yaml")).split("\n");
    const [, web] = found.settings;
    expect(lines[(web?.tag?.line ?? 0) - 1]).toContain("1.3.0");
  });

  it("may stand in a component, which comes over the base and under the overlay", async () => {
    const { found, images } = await fixture("kustomize", kustomize("overlays/staging"));
    expect(images).toContain("ghcr.io/acme/clean:8");
    expect(images).toContain("envoy:v1.31.0");
    const about = (name: string) => settingLines(found.settings.filter(({ subject }) => subject.name === name));
    expect(about("ghcr.io/acme/clean")).toEqual([
      "components/canary/kustomization.yaml kustomize-image ghcr.io/acme/clean: tag=8",
      "base/jobs.yaml manifest ghcr.io/acme/clean: whole=ghcr.io/acme/clean:7 < components/canary/kustomization.yaml:7",
    ]);
    expect(about("envoy")).toEqual([
      "components/canary/proxy.yaml manifest envoy: whole=envoy:v1.31.0",
      "base/web.yaml manifest envoy: whole=envoy:v1.30.1 < components/canary/proxy.yaml:10",
    ]);
  });

  it("is found in flow style", async () => {
    const { found } = await fixture("kustomize", kustomize("overlays/flow"));
    expect(settingLines(found.settings).slice(0, 2)).toEqual([
      "overlays/flow/kustomization.yaml kustomize-image mirror.example.com:5000/envoy: name=mirror.example.com:5000/envoy tag=v1.29.0",
      "overlays/flow/kustomization.yaml kustomize-image ghcr.io/acme/web: tag=1.2.0",
    ]);
  });

  it("has the name that comes out in the end, and the name that it replaces", async () => {
    const { found, images } = await fixture("kustomize", kustomize("overlays/named"));
    expect(images).toContain("mirror.example.com/web:1.0.0");
    expect(found.settings.filter(({ subject }) => subject.name === "mirror.example.com/web")).toMatchObject([
      { file: "overlays/named/kustomization.yaml", matches: "ghcr.io/acme/web" },
      { file: "base/Kustomization", matches: "web", tag: { value: "1.0.0" } },
      { file: "base/web.yaml", whole: { value: "web" } },
    ]);
  });
});

const deployment = (image: string, more = "") =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers: [{ name: web, image: "${image}" }]\n${more}`;

describe("the order in which kustomize lets settings win", () => {
  it("is the last of two items for one name", async () => {
    const { found, images } = await target(
      {
        "kustomization.yaml":
          "resources: [d.yaml]\nimages: [{ name: app, newName: reg/app, newTag: '2' }, { name: reg/app, newTag: '3' }]\n",
        "d.yaml": deployment("app:1"),
      },
      kustomize(""),
    );
    expect(images).toEqual(["reg/app:3"]);
    expect(settingLines(found.settings)).toEqual([
      "kustomization.yaml kustomize-image reg/app: tag=3",
      "kustomization.yaml kustomize-image reg/app: name=reg/app tag=2 < kustomization.yaml:2",
      "d.yaml manifest reg/app: whole=app:1 < kustomization.yaml:2",
    ]);
  });

  it("is an overlay's patch before the images of its base", async () => {
    const { found, images } = await target(
      {
        "b/kustomization.yaml": "resources: [d.yaml]\nimages: [{ name: app, newTag: '2' }]\n",
        "b/d.yaml": deployment("app:1"),
        "o/kustomization.yaml": "resources: [../b]\npatches: [{ path: p.yaml }]\n",
        "o/p.yaml": deployment("app:3"),
      },
      kustomize("o"),
    );
    expect(images).toEqual(["app:3"]);
    expect(settingLines(found.settings)).toEqual([
      "o/p.yaml manifest app: whole=app:3",
      "b/kustomization.yaml kustomize-image app: tag=2 < o/p.yaml:7",
      "b/d.yaml manifest app: whole=app:1 < o/p.yaml:7",
    ]);
  });

  it("is a kustomization's images before its own patches, and the last patch before the first", async () => {
    const patches = "patches: [{ path: p.yaml }, { path: q.yaml }]\n";
    const files = {
      "kustomization.yaml": `resources: [d.yaml]\n${patches}images: [{ name: app, newTag: '4' }]\n`,
      "d.yaml": deployment("app:1"),
      "p.yaml": deployment("app:2"),
      "q.yaml": deployment("app:3"),
    };
    const { found, images } = await target(files, kustomize(""));
    expect(images).toEqual(["app:4"]);
    expect(settingLines(found.settings)).toEqual([
      "kustomization.yaml kustomize-image app: tag=4",
      "q.yaml manifest app: whole=app:3 < kustomization.yaml:3",
      "p.yaml manifest app: whole=app:2 < q.yaml:7",
      "d.yaml manifest app: whole=app:1 < q.yaml:7",
    ]);
    const without = await target({ ...files, "kustomization.yaml": `resources: [d.yaml]\n${patches}` }, kustomize(""));
    expect(without.images).toEqual(["app:3"]);
    expect(settingLines(without.found.settings)[0]).toBe("q.yaml manifest app: whole=app:3");
  });
});
