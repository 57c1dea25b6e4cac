import { describe, expect, it } from "vitest";
import { type Files, foundIn, foundInKustomization } from "./support/found-in.ts";
import { settingLines, wholeSetting } from "./support/setting-lines.ts";

/** A pod with a container for each image, called a, b and so on. */
const pod = (...images: readonly string[]) =>
  `kind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n${images
    .map((image, index) => `    - { name: ${"abc"[index]}, image: '${image}' }\n`)
    .join("")}`;
/** A patch of one of the pod's containers. */
const patch = (container: string, image: string) =>
  `kind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: ${container}, image: '${image}' }] }\n`;

/** What an overlay over a base sets. */
async function overlaid(files: Files): Promise<readonly string[]> {
  const { settings } = await foundIn({ kind: "kustomize", path: "o", options: {} }, files);
  return settingLines(settings);
}

describe("what a patch replaces", () => {
  it("leaves an item of `images` in charge of its other images", async () => {
    const files = {
      "b/p.yaml": pod("web:1", "web:2"),
      "b/kustomization.yaml": "resources: [p.yaml]\nimages: [{ name: web, newTag: '3' }]\n",
      "o/kustomization.yaml": "resources: [../b]\npatches: [{ path: a.yaml }]\n",
      "o/a.yaml": patch("a", "web:9"),
    };
    expect(await overlaid(files)).toEqual([
      "o/a.yaml manifest web: whole=web:9",
      "b/kustomization.yaml kustomize-image web: tag=3",
      "b/p.yaml manifest web: whole=web:1 < o/a.yaml:3",
      "b/p.yaml manifest web: whole=web:2 < b/kustomization.yaml:2",
    ]);
    const both = { ...files, "o/b.yaml": patch("b", "web:8") };
    const patches = "resources: [../b]\npatches: [{ path: a.yaml }, { path: b.yaml }]\n";
    expect(await overlaid({ ...both, "o/kustomization.yaml": patches })).toEqual([
      "o/b.yaml manifest web: whole=web:8",
      "o/a.yaml manifest web: whole=web:9",
      "b/kustomization.yaml kustomize-image web: tag=3 < o/b.yaml:3",
      "b/p.yaml manifest web: whole=web:1 < o/a.yaml:3",
      "b/p.yaml manifest web: whole=web:2 < o/b.yaml:3",
    ]);
  });

  it("leaves what came after an earlier patch in charge", async () => {
    const base = {
      "b/p.yaml": pod("web:1", "api:1"),
      "b/a.yaml": patch("a", "web:2"),
      "o/kustomization.yaml": "resources: [../b]\npatches: [{ path: b.yaml }]\n",
      "o/b.yaml": patch("b", "api:2"),
    };
    const kustomization = "resources: [p.yaml]\npatches: [{ path: a.yaml }]\n";
    const replaced = [
      "b/p.yaml manifest web: whole=web:1 < b/a.yaml:3",
      "b/p.yaml manifest api: whole=api:1 < o/b.yaml:3",
    ];
    expect(await overlaid({ ...base, "b/kustomization.yaml": kustomization })).toEqual([
      "o/b.yaml manifest api: whole=api:2",
      "b/a.yaml manifest web: whole=web:2",
      ...replaced,
    ]);
    const images = `${kustomization}images: [{ name: web, newTag: '3' }]\n`;
    expect(await overlaid({ ...base, "b/kustomization.yaml": images })).toEqual([
      "o/b.yaml manifest api: whole=api:2",
      "b/kustomization.yaml kustomize-image web: tag=3",
      "b/a.yaml manifest web: whole=web:2 < b/kustomization.yaml:3",
      ...replaced,
    ]);
  });

  it("is what an earlier patch of the same container set", async () => {
    const files = {
      "o/p.yaml": pod("web:1", "api:1"),
      "o/a.yaml": patch("a", "web:2"),
      "o/b.yaml": patch("a", "web:3"),
      "o/kustomization.yaml": "resources: [p.yaml]\npatches: [{ path: a.yaml }, { path: b.yaml }]\n",
    };
    expect(await overlaid(files)).toEqual([
      "o/b.yaml manifest web: whole=web:3",
      "o/a.yaml manifest web: whole=web:2 < o/b.yaml:3",
      "o/p.yaml manifest web: whole=web:1 < o/b.yaml:3",
      "o/p.yaml manifest api: whole=api:1",
    ]);
  });

  it("is nothing of an item that matches nothing", async () => {
    const files = {
      "b/p.yaml": pod("web:1"),
      "b/kustomization.yaml": "resources: [p.yaml]\nimages: [{ name: none, newTag: '3' }]\n",
      "o/kustomization.yaml": "resources: [../b]\npatches: [{ path: a.yaml }]\n",
      "o/a.yaml": patch("a", "web:9"),
    };
    expect(await overlaid(files)).toEqual([
      "o/a.yaml manifest web: whole=web:9",
      "b/p.yaml manifest web: whole=web:1 < o/a.yaml:3",
      "b/kustomization.yaml kustomize-image none: tag=3",
    ]);
  });
});

describe("an item of `images`", () => {
  /** The settings of an item, and of two images and a chart that are there. */
  const settings = async (item: string) => {
    const found = await foundInKustomization(`resources: [p.yaml, w.yaml, r.yaml]\nimages: [${item}]\n`, {
      "p.yaml": pod("web:1", "other:1"),
      "w.yaml": "kind: Widget\nimage: web:1\nspec: { ephemeralContainers: [{ name: e, image: 'web:1' }] }\n",
      "r.yaml":
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { chart: web, targetRevision: 1.0.0 } }\n",
    });
    return found.settings;
  };

  it.each([
    ["by its name", "{ name: web, newTag: '3' }", ["web:1"]],
    ["by its name and version", "{ name: 'web:1', newTag: '3' }", ["web:1"]],
    ["of no other version", "{ name: 'web:2', newTag: '3' }", []],
    ["of no other name", "{ name: '$(WEB)', newTag: '3' }", []],
  ])("decides about an image of a container %s, and about nothing else", async (_, item, expected) => {
    const found = await settings(item);
    expect(found.filter(({ decidedBy }) => decidedBy !== undefined).map(({ whole }) => whole?.value)).toEqual(expected);
    expect(found.some(({ matchesNothing }) => matchesNothing)).toBe(expected.length === 0);
  });

  const at = "kustomization.yaml#0 images.0";
  it.each<[string, string, readonly string[]]>([
    ["a tag", "{ name: w, newTag: '3' }", [`kustomize-image image w | ${at}`, "tag=3 @ images.0.newTag :2"]],
    [
      "a tag of an image by its version",
      "{ name: 'w:1', newTag: '3' }",
      [`kustomize-image image w for w:1 | ${at}`, "tag=3 @ images.0.newTag :2"],
    ],
    [
      "a tag of what is no image's name",
      "{ name: $(X), newTag: '3' }",
      [`kustomize-image image $(X) | ${at}`, "tag=3 @ images.0.newTag :2"],
    ],
    [
      "a whole image",
      "{ name: w, newName: 'r/w:2' }",
      [`kustomize-image image r/w for w | ${at}`, "whole=r/w:2 @ images.0.newName :2"],
    ],
    [
      "a name with a port and a digest",
      "{ name: w, newName: 'r:80/w', digest: d }",
      [
        `kustomize-image image r:80/w for w | ${at}`,
        "name=r:80/w @ images.0.newName :2",
        "digest=d @ images.0.digest :2",
      ],
    ],
    [
      "a name, as it is written, beside a tag",
      "{ name: w, newName: 'r/w:2', newTag: '3' }",
      [`kustomize-image image r/w:2 for w | ${at}`, "name=r/w:2 @ images.0.newName :2", "tag=3 @ images.0.newTag :2"],
    ],
    ["nothing", "{ name: w, newName: '' }", [`kustomize-image image w | ${at}`, "name= @ images.0.newName :2"]],
  ])("sets %s", async (_, item, expected) => {
    const { settings: found } = await foundInKustomization(`resources: []\nimages: [${item}]\n`);
    expect(found.map(wholeSetting)).toEqual([[...expected, "matchesNothing: true"]]);
  });

  it.each(["w", "[w]", "{ newTag: '3' }", "{ name: '', newTag: '3' }", "{ name: [w], newTag: '3' }"])(
    "is none without a name: %s",
    async (item) => {
      expect((await foundInKustomization(`images: [${item}]\n`)).settings).toEqual([]);
    },
  );
});

describe("a kustomization", () => {
  it("may have its resources under an old key", async () => {
    const { settings } = await foundInKustomization("bases: [p.yaml]\n", { "p.yaml": pod("web:1") });
    expect(settingLines(settings)).toEqual(["p.yaml manifest web: whole=web:1"]);
  });

  it("may include what another one includes", async () => {
    const files = {
      "o/kustomization.yaml": "resources: [../x, ../y]\n",
      "x/kustomization.yaml": "resources: [../b]\n",
      "y/kustomization.yaml": "resources: [../b]\nimages: [{ name: web, newTag: '2' }]\n",
      "b/kustomization.yaml": "resources: [p.yaml]\n",
      "b/p.yaml": pod("web:1"),
    };
    expect(await overlaid(files)).toEqual([
      "y/kustomization.yaml kustomize-image web: tag=2",
      "b/p.yaml manifest web: whole=web:1 < y/kustomization.yaml:2",
    ]);
  });

  it("may have charts and images in files of generators and transformers", async () => {
    const files = {
      "g.yaml": "kind: HelmChartInflationGenerator\nname: web\nversion: 1.0.0\nchartHome: home\n",
      "h.yaml": "kind: HelmChartInflationGenerator\nname: web\n",
      "t.yaml": "kind: ImageTagTransformer\nimageTag: { name: web, newTag: '2' }\n---\nkind: ImageTagTransformer\n",
      "x.yaml": "kind: Other\nname: web\nversion: 2.0.0\nimageTag: { name: web, newTag: '9' }\n",
      "home/web/values.yaml": "image: web:1\n",
      "charts/web/values.yaml": "image: web:3\n",
    };
    const found = await foundInKustomization("generators: [g.yaml, h.yaml]\ntransformers: [t.yaml, x.yaml]\n", files);
    expect(settingLines(found.settings)).toEqual([
      "t.yaml kustomize-image web: tag=2",
      "charts/web/values.yaml values-text web: whole=web:3 < t.yaml:2",
      "g.yaml helm-charts web: version=1.0.0",
      "home/web/values.yaml values-text web: whole=web:1 < t.yaml:2",
    ]);
  });

  it("has charts where its globals say", async () => {
    const { settings } = await foundInKustomization(
      "helmGlobals: { chartHome: home }\nhelmCharts: [{ name: web, valuesFile: v.yaml }]\n",
      { "home/web/values.yaml": "image: web:1\n" },
    );
    expect(settingLines(settings)).toEqual(["home/web/values.yaml values-text web: whole=web:1"]);
  });
});
