import { describe, expect, it } from "vitest";
import { findSettings } from "../../../src/edit/index.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { PlainOptions } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { foundInManifest } from "./support/found-in.ts";
import { filesBelow, fixtures, lineOf } from "./support/repository.ts";
import { wholeSetting } from "./support/setting-lines.ts";

const tree = memoryTree(filesBelow(fixtures));

/** As the engine does it: a folder of manifests is looked up as a whole. */
async function found(options: PlainOptions) {
  const entry = await tree.at("plain");
  const trace: Trace = [["plain", "tree", entry?.oid ?? ""]];
  return findSettings({ kind: "plain", path: "plain", options }, trace, tree);
}

describe("what sets images in plain manifests", () => {
  it("is found in every kind, in lists, in custom resources and in releases of charts", async () => {
    const { settings, problems } = await found({ exclude: ["skipped/**"] });
    expect(settings.map(lineOf)).toEqual([
      "manifest quay.io/prometheus/prometheus quay.io/prometheus/prometheus:v3.0.0 | plain/custom.yaml:5",
      "manifest ghcr.io/acme/proxy ghcr.io/acme/proxy:1.0.0 | plain/custom.yaml:8",
      "manifest ghcr.io/acme/widget 1.0.0 | plain/custom.yaml:14",
      "manifest ghcr.io/stefanprodan/podinfo 6.5.0 | plain/releases.yaml:11",
      "helm-charts podinfo 6.5.0 | plain/releases.yaml:8",
      "manifest ghcr.io/acme/guestbook 2.0.0 | plain/releases.yaml:23",
      "helm-charts guestbook 1.2.3 | plain/releases.yaml:20",
      "manifest ghcr.io/acme/agent ghcr.io/acme/agent:1.10 | plain/workloads.yaml:9",
      "manifest ghcr.io/acme/one ghcr.io/acme/one@sha256:2… | plain/workloads.yaml:20",
      "manifest busybox busybox | plain/workloads.yaml:23",
    ]);
    expect(problems).toEqual([]);
  });

  it("says whose image it is", async () => {
    const { settings } = await found({});
    expect(settings.find(({ subject }) => subject.name === "busybox")).toMatchObject({
      resource: "Pod/one",
      container: "debug",
      document: 1,
      at: ["items", 0, "spec", "ephemeralContainers", 0],
    });
  });

  it("is looked for in the files that the engine takes", async () => {
    const files = async (options: PlainOptions) => [
      ...new Set((await found(options)).settings.map(({ file }) => file.slice("plain/".length))),
    ];
    expect(await files({})).toEqual(["custom.yaml", "releases.yaml", "skipped/later.yaml", "workloads.yaml"]);
    expect(await files({ recurse: false })).toEqual(["custom.yaml", "releases.yaml", "workloads.yaml"]);
    expect(await files({ include: ["{custom,work*}.yaml", "**/later.*"], exclude: ["custom.*"] })).toEqual([
      "skipped/later.yaml",
      "workloads.yaml",
    ]);
  });
});

describe("an object of plain manifests", () => {
  it("has images in the volumes of its pods, each of which kustomize changes too", async () => {
    const { settings } = await foundInManifest(`kind: Pod
metadata: { name: p }
spec:
  volumes:
    - { name: v, image: { reference: 'data:1' } }
    - { image: { reference: 'data:2' } }
    - { name: w, csi: { image: { reference: 'data:3' } } }
    - { name: x, image: { image: 'data:4' } }
  image: { reference: 'data:5' }
`);
    expect(settings.map(({ whole, container }) => [whole?.value, container])).toEqual([
      ["data:1", "volume v"],
      ["data:2", "volume 1"],
      ["data:3", undefined],
      ["data:4", undefined],
      ["data:5", undefined],
    ]);
  });

  it("may have an image in parts", async () => {
    const { settings } = await foundInManifest(`kind: Widget
metadata: { name: w }
spec:
  web: { image: { registry: r.io, repository: web, tag: '1', digest: d } }
  api: { image: api, tag: '2' }
`);
    expect(settings.map(wholeSetting)).toEqual([
      [
        "manifest image r.io/web | m.yaml#0 spec.web.image",
        "name=web @ spec.web.image.repository :4",
        "registry=r.io @ spec.web.image.registry :4",
        "tag=1 @ spec.web.image.tag :4",
        "digest=d @ spec.web.image.digest :4",
        "digestKey: digest",
        "resource: Widget/w",
      ],
      [
        "manifest image api | m.yaml#0 spec.api",
        "name=api @ spec.api.image :5",
        "tag=2 @ spec.api.tag :5",
        "resource: Widget/w",
      ],
    ]);
  });

  it.each([
    "kind: ConfigMap",
    "kind: Secret",
    "kind: CustomResourceDefinition",
    "kind: SealedSecret",
    "kind: HelmChartInflationGenerator",
    "kind: ImageTagTransformer",
    "kind: Kustomization, apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Component, apiVersion: kustomize.config.k8s.io/v1alpha1",
  ])("sets none that runs: %s", async (kind) => {
    expect((await foundInManifest(`{ ${kind}, spec: { image: 'web:1' } }\n`)).settings).toEqual([]);
  });

  it("may be a Kustomization of somebody else's", async () => {
    const { settings } = await foundInManifest("apiVersion: example.com/v1\nkind: Kustomization\nimage: web:1\n");
    expect(settings.map(lineOf)).toEqual(["manifest web web:1 | m.yaml:3"]);
  });
});
