import { describe, expect, it } from "vitest";
import { deployment, fluxKustomization, kustomization, previewOf } from "./support.ts";

const app = (path: string) => ({
  [`${path}/kustomization.yaml`]: kustomization(["web.yaml"]),
  [`${path}/web.yaml`]: deployment("web"),
});
const next = (path: string) => ({ [`${path}/web.yaml`]: deployment("web", { image: "ghcr.io/acme/web:1.5.0" }) });
const suspend = "  suspend: true\n";

describe("a change that Flux does not take", () => {
  it.each([
    ["where clusters usually stand", "apps/web/prod", "clusters/prod/web.yaml"],
    ["beside the folder", "kubernetes/apps/web/prod", "kubernetes/apps/web/ks.yaml"],
  ])("is told with the object and its line, %s", async (_, path, file) => {
    const flux = fluxKustomization("web", path, suspend);
    const { preview, comment, conclusion, findings } = await previewOf({ ...app(path), [file]: flux }, next(path));
    expect([findings, conclusion]).toEqual([["notice suspended"], "success"]);
    expect(preview.findings[0]).toMatchObject({
      file,
      line: flux.split("\n").indexOf("  suspend: true") + 1,
    });
    expect(comment).toMatch(/^### web in prod: 1\.4\.0 → 1\.5\.0, Flux is suspended there\n/);
    expect(comment).toContain(
      "> **Merging does not deploy this.** Flux `Kustomization` `flux-system/web` has `suspend: true`.",
    );
  });

  it("is not told where it is resumed here, and of other sources", async () => {
    const path = "apps/web/prod";
    const file = "clusters/prod/web.yaml";
    const flux = fluxKustomization("web", path, suspend);
    const resumed = { [file]: fluxKustomization("web", path) };
    const cases = [
      await previewOf({ ...app(path), [file]: flux }, { ...next(path), ...resumed }),
      await previewOf({ ...app(path), [file]: flux.replace("GitRepository", "OCIRepository") }, next(path)),
      await previewOf({ ...app(path), [file]: `a: [\n${flux}` }, next(path)),
    ];
    for (const { findings } of cases) expect(findings).not.toContain("notice suspended");
  });

  it("is told of a HelmRelease that is suspended itself", async () => {
    const release = (version: string) =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: cache }\nspec:\n  suspend: true\n  chart: { spec: { chart: cache, version: ${version} } }\n`;
    const path = "apps/cache/prod";
    const { comment, findings } = await previewOf(
      { [`${path}/kustomization.yaml`]: kustomization(["r.yaml"]), [`${path}/r.yaml`]: release("4.1.0") },
      { [`${path}/r.yaml`]: release("5.0.0") },
    );
    expect(findings).toContain("notice suspended");
    expect(comment).toContain(
      "> **Merging does not deploy the change of HelmRelease `cache` in prod.** It has `suspend: true`.",
    );
  });
});
