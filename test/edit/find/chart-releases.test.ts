import { describe, expect, it } from "vitest";
import { foundInManifest } from "./support/found-in.ts";
import { digestOf } from "./support/repository.ts";
import { wholeSetting } from "./support/setting-lines.ts";

const one = digestOf("1");
const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: shop }\n";

async function found(text: string): Promise<readonly (readonly string[])[]> {
  return (await foundInManifest(text)).settings.map(wholeSetting);
}

/** What is found of the `helm` of an Application's source. */
async function inHelm(helm: string): Promise<readonly (readonly string[])[]> {
  return found(`${application}spec:\n  source:\n    helm:\n${helm.replaceAll(/^/gm, "      ").trimEnd()}\n`);
}

describe("an object that has something rendered in the cluster", () => {
  it("sets images as a kustomization does: Flux's Kustomization", async () => {
    const text = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps }
spec:
  images:
    - { name: web, newName: r.io/web, newTag: '1' }
    - { name: api, digest: '${one}' }
`;
    expect(await found(text)).toEqual([
      [
        "object-image image r.io/web for web | m.yaml#0 spec.images.0",
        "name=r.io/web @ spec.images.0.newName :6",
        "tag=1 @ spec.images.0.newTag :6",
        "resource: Kustomization/apps",
      ],
      [
        "object-image image api | m.yaml#0 spec.images.1",
        `digest=${one} @ spec.images.1.digest :7`,
        "resource: Kustomization/apps",
      ],
    ]);
  });

  it("sets a chart's version, its values and images after the render: Flux's HelmRelease", async () => {
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop }
spec:
  chart: { spec: { chart: web, version: 1.0.0, sourceRef: { name: acme } } }
  postRenderers:
    - kustomize: { images: [{ name: db, newTag: '3' }] }
  values:
    image: { repository: web, tag: '2' }
`;
    expect(await found(text)).toEqual([
      [
        "object-image image db | m.yaml#0 spec.postRenderers.0.kustomize.images.0",
        "tag=3 @ spec.postRenderers.0.kustomize.images.0.newTag :7",
        "resource: HelmRelease/shop",
      ],
      [
        "manifest image web | m.yaml#0 spec.values.image",
        "name=web @ spec.values.image.repository :9",
        "tag=2 @ spec.values.image.tag :9",
        "called: value image.tag",
        "resource: HelmRelease/shop",
      ],
      [
        "helm-charts chart web of acme | m.yaml#0 spec.chart.spec",
        "version=1.0.0 @ spec.chart.spec.version :5",
        "resource: HelmRelease/shop",
      ],
    ]);
  });

  it("is the template of an ApplicationSet", async () => {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: shops }
spec:
  template: { spec: { source: { chart: web, targetRevision: 1.0.0, repoURL: 'https://r' } } }
`;
    expect(await found(text)).toEqual([
      [
        "helm-charts chart web of https://r | m.yaml#0 spec.template.spec.source",
        "version=1.0.0 @ spec.template.spec.source.targetRevision :5",
        "resource: ApplicationSet/shops",
      ],
    ]);
  });

  it("sets no chart's version where one of the two is missing, and takes the first line of several sources", async () => {
    const sources = [
      "chart: a",
      "targetRevision: 1.0.0",
      "chart: c, targetRevision: [1]",
      "chart: d, targetRevision: 2.0.0",
    ];
    const text = `${application}spec: { sources: [{ ${sources.join(" }, { ")} }] }\n`;
    expect(await found(text)).toEqual([
      [
        "helm-charts chart d | m.yaml#0 spec.sources.3",
        "version=2.0.0 @ spec.sources.3.targetRevision :4",
        "resource: Application/shop",
      ],
    ]);
  });
});

describe("an override of Argo CD for kustomize", () => {
  it.each([
    ["an image", "r.io/web:1", ["object-image image r.io/web"], "r.io/web:1", ""],
    [
      "an image in place of another",
      "app=r.io/web:1",
      ["object-image image r.io/web for app"],
      "app=r.io/web:1",
      "app=",
    ],
    ["a digest in place of an image", `app=web@${one}`, ["object-image image web for app"], `app=web@${one}`, "app="],
  ])("names %s", async (_, text, [about], whole, before) => {
    expect(await found(`${application}spec: { source: { kustomize: { images: ['${text}'] } } }\n`)).toEqual([
      [
        `${about} | m.yaml#0 spec.source.kustomize.images.0`,
        `whole=${whole} @ spec.source.kustomize.images.0 :4`,
        `before: ${before}`,
        "resource: Application/shop",
      ],
    ]);
  });

  it.each(["app={{ image }}", "app=", "a=b=c:1", ""])("is none: %j", async (text) => {
    expect(await found(`${application}spec: { source: { kustomize: { images: ['${text}', {}] } } }\n`)).toEqual([]);
  });
});

describe("parameters of Helm in an Application", () => {
  it("are values in a list, which keep their places in it", async () => {
    const parameters = `parameters:
  - { name: image.repository, value: web }
  - { name: replicas, value: '2' }
  - { name: side.image, value: 'side:7' }
  - { name: image.tag, value: '1' }
`;
    expect(await inHelm(parameters)).toEqual([
      [
        "manifest image web | m.yaml#0 spec.source.helm.parameters.image",
        "name=web @ spec.source.helm.parameters.0.value :8",
        "tag=1 @ spec.source.helm.parameters.3.value :11",
        "called: parameter image.tag",
        "resource: Application/shop",
      ],
      [
        "manifest image side | m.yaml#0 spec.source.helm.parameters.side",
        "whole=side:7 @ spec.source.helm.parameters.2.value :10",
        "called: parameter side.image",
        "resource: Application/shop",
      ],
    ]);
  });

  it.each([
    ["no name", "{ value: 'a:1' }"],
    ["an empty step in its name", "{ name: a..image, value: 'a:1' }"],
    ["no value", "{ name: a.image }"],
    ["another value below its name", "{ name: image, value: 'b:1' }, { name: image.x, value: 'a' }"],
  ])("name no image with %s", async (_, parameter) => {
    expect(await inHelm(`parameters: [${parameter}]\n`)).toEqual([]);
  });

  it("are the last of those of one name", async () => {
    const [[, whole] = []] = await inHelm(
      "parameters: [{ name: image, value: 'a:1' }, { name: image, value: 'b:1' }]\n",
    );
    expect(whole).toBe("whole=b:1 @ spec.source.helm.parameters.1.value :7");
  });
});

describe("values of Helm in the text of an Application", () => {
  const held = "held in spec.source.helm.values";
  const image = "manifest image web | m.yaml#0 image";
  const known = ["called: value image.tag", "resource: Application/shop"];

  it.each([
    ["are on the lines of a block", "values: |\n  image:\n    repository: web\n    tag: '1'\n", [9, 10], ""],
    ["are on the line of a text in quotes", 'values: "image:\\n  repository: web\\n  tag: 1"\n', [7, 7], ""],
    [
      "cannot be changed where others use the text",
      'values: &v "image: { repository: web, tag: 1 }"\nother: *v\n',
      [7, 7],
      " (anchor)",
    ],
  ])("%s", async (_, values, [name, tag], blocked) => {
    const parts = [`name=web @ image.repository :${name}${blocked}`, `tag=1 @ image.tag :${tag}${blocked}`];
    expect(await inHelm(values)).toEqual([[image, ...parts, held, ...known]]);
  });

  it("are those of its first document", async () => {
    const settings = await inHelm("values: |\n  image: web:1\n  ---\n  image: other:1\n");
    expect(settings.map(([about]) => about)).toEqual(["manifest image web | m.yaml#0 "]);
  });
});
