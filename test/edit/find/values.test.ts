import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findSettings, stageChanges } from "../../../src/edit/index.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { tempDir } from "../../support/temp-git.ts";
import { filesBelow, fixtures, lineOf, openRepository, settingOf, type TestRepository } from "./support/repository.ts";

function helm(path: string, valueFiles: readonly string[], values?: { readonly [key: string]: string }): RenderSpec {
  return { kind: "helm", path, options: { releaseName: "app", valueFiles, ...(values && { values }) } };
}

describe("what sets the images of a Helm target", () => {
  const cache = tempDir();
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await openRepository(filesBelow(fixtures), cache);
  });
  afterAll(async () => {
    await repository.close();
    rmSync(cache, { recursive: true, force: true });
  });

  it("is found in the usual shapes, the last value file first, with names from the files before", async () => {
    const found = await repository.find(helm("shapes", ["shapes/values-prod.yaml"]));
    expect(found.settings.map(lineOf)).toEqual([
      "values ? 7.1.0 | shapes/values-prod.yaml:2",
      "values docker.io/acme/main 1.1.0 | shapes/values-prod.yaml:4",
      "values ghcr.io/acme/web 1.1.0 | shapes/values-prod.yaml:6 (anchor)",
      "values ghcr.io/acme/plain 1.1.0 | shapes/values-prod.yaml:8",
      "values ghcr.io/acme/beside 1.1.0 | shapes/values-prod.yaml:10",
      "values ? 1.1.0 | shapes/values-prod.yaml:6 (alias)",
      "values-text ? {{ .Values.somewhere }} | shapes/values-prod.yaml:14 (template)",
      "values-text ghcr.io/acme/sidecar ghcr.io/acme/sidecar:1.0.0 | shapes/values.yaml:15",
      "values ? 7.0.0 | shapes/values.yaml:3 <- shapes/values-prod.yaml:2",
      "values docker.io/acme/main 1.0.0 | shapes/values.yaml:7 <- shapes/values-prod.yaml:4",
      "values-text ghcr.io/acme/text ghcr.io/acme/text:1.0.0 | shapes/values.yaml:11",
      "values ghcr.io/acme/web 1.0.0 | shapes/values.yaml:14 <- shapes/values-prod.yaml:6",
      "values ghcr.io/acme/beside 1.0.0 | shapes/values.yaml:18 <- shapes/values-prod.yaml:10",
      "values ghcr.io/acme/plain 1.0.0 | shapes/values.yaml:21 <- shapes/values-prod.yaml:8",
      "values ghcr.io/acme/combined 1.0.0@sha256:1… | shapes/values.yaml:25",
      "values-text ghcr.io/acme/log ghcr.io/acme/log:1.0.0 | shapes/values.yaml:28",
      "values-text ghcr.io/acme/job ghcr.io/acme/job:1.0.0 | shapes/values.yaml:30",
    ]);
    expect(found.valueFiles).toEqual(["shapes/values-prod.yaml", "shapes/values.yaml"]);
    expect(found.problems).toEqual([]);
  });

  it("names every image of the render that no template makes up", async () => {
    const spec = helm("shapes", ["shapes/values-prod.yaml"]);
    const [found, images] = [await repository.find(spec), await repository.images(spec)];
    const names = new Set(found.settings.map(({ subject }) => subject.name));
    const rendered = images.map((image) => image.replace(/[:@].*$/, ""));
    expect(rendered.filter((name) => !names.has(name))).toEqual(["ghcr.io/acme/global"]);
  });

  it("may stand in the values of an included chart, under the alias of each inclusion", async () => {
    const found = await repository.find(helm("umbrella", ["umbrella/values-prod.yaml"]));
    expect(found.settings.map(lineOf)).toEqual([
      "values ghcr.io/acme/web 1.1.0 | umbrella/values-prod.yaml:3",
      "values ghcr.io/acme/web 1.0.0 | umbrella/values.yaml:3",
      "values ghcr.io/acme/web 0.9.0 | umbrella/charts/web/values.yaml:3 (included chart) <- umbrella/values-prod.yaml:3",
      "values ghcr.io/acme/web 0.9.0 | umbrella/charts/web/values.yaml:3 (included chart) <- umbrella/values.yaml:3",
      "chart-dependency web 0.1.0 | umbrella/Chart.yaml:7",
      "chart-dependency web 0.1.0 | umbrella/Chart.yaml:11",
    ]);
    expect(found.settings.slice(2, 4).map(({ values }) => values?.key)).toEqual([
      ["back", "image"],
      ["front", "image"],
    ]);
  });

  it("is decided by values of the configuration where these say it too", async () => {
    const spec = helm("shapes", [], { sidecarImage: "ghcr.io/acme/sidecar:9" });
    const setting = settingOf(await repository.find(spec), "ghcr.io/acme/sidecar", "shapes/values.yaml");
    expect(setting.decidedBy).toBe("the target's `helm.values`");
  });

  it("has the global registry in its name where the chart knows one", async () => {
    const source = await stageChanges(repository.source, [
      {
        kind: "write",
        path: "shapes/values-prod.yaml",
        bytes: Buffer.from("global: { imageRegistry: mirror.example.com }\nimage: { tag: 1.2.0 }\n"),
        executable: false,
      },
    ]);
    const spec = helm("shapes", ["shapes/values-prod.yaml"]);
    const found = await findSettings(spec, await repository.trace(spec), source.tree);
    expect(settingOf(found, "mirror.example.com/acme/main", "shapes/values-prod.yaml").tag?.value).toBe("1.2.0");
    expect(found.settings.map(({ subject }) => subject.name)).toContain("ghcr.io/acme/web");
  });

  it("of charts that kustomize renders stands in the inline values and the value files, in kustomize's order", async () => {
    const found = await repository.find({ kind: "kustomize", path: "inflated/prod", options: {} });
    expect(found.settings.map(lineOf)).toEqual([
      "helm-charts api 0.4.0 | inflated/base/kustomization.yaml:5",
      "values ghcr.io/acme/api 3.1.1 | inflated/base/values-more.yaml:2",
      "values-text ghcr.io/acme/worker ghcr.io/acme/worker:2.0.0 | inflated/base/kustomization.yaml:12",
      "values ghcr.io/acme/api 3.1.0 | inflated/base/values.yaml:2 <- inflated/base/values-more.yaml:2",
      "values ghcr.io/acme/api  | inflated/charts/api/values.yaml:4 <- inflated/base/values-more.yaml:2",
    ]);
    expect(found.valueFiles).toEqual(["inflated/base/values-more.yaml", "inflated/base/values.yaml"]);
  });
});
