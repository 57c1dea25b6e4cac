import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { unfollowedChanges } from "../../src/preview/unfollowed.ts";

const resource = (apiVersion: string, kind: string, spec: JsonObject, name = "web") => ({
  object: { apiVersion, kind, metadata: { name, namespace: "apps" }, spec },
  file: `${name}.yaml`,
});
const said = (...sides: Parameters<typeof unfollowedChanges>) =>
  unfollowedChanges(...sides).map(({ reference, reason }) => `${reference} | ${reason}`);

describe("what objects point at", () => {
  it.each([
    [
      "a chart of a HelmRelease",
      resource("helm.toolkit.fluxcd.io/v2", "HelmRelease", { chart: { spec: { chart: "web", version: "1.x" } } }),
      ["web 1.x | of HelmRelease apps/web: the chart is not rendered"],
    ],
    [
      "the source that a HelmRelease names",
      resource("helm.toolkit.fluxcd.io/v2", "HelmRelease", { chartRef: { kind: "OCIRepository", name: "web" } }),
      ["OCIRepository web | of HelmRelease apps/web: the chart is not rendered"],
    ],
    [
      "the address and version of a source",
      resource("source.toolkit.fluxcd.io/v1", "OCIRepository", {
        url: "oci://ghcr.io/acme/web",
        ref: { tag: "1.2.3" },
      }),
      ["oci://ghcr.io/acme/web 1.2.3 | of OCIRepository apps/web: what it fetches is not rendered"],
    ],
    [
      "each source of an Application",
      resource("argoproj.io/v1alpha1", "Application", {
        sources: [
          { repoURL: "https://charts.example.com", chart: "web", targetRevision: 2 },
          { repoURL: "https://github.com/acme/config", path: "apps/web", targetRevision: "main" },
        ],
      }),
      [
        "web 2 | of Application apps/web: what it deploys is not rendered",
        "https://github.com/acme/config//apps/web@main | of Application apps/web: what it deploys is not rendered",
      ],
    ],
    [
      "the source in the template of an ApplicationSet",
      resource("argoproj.io/v1alpha1", "ApplicationSet", {
        generators: [],
        template: { spec: { source: { repoURL: "https://github.com/acme/config", path: "apps/{{name}}" } } },
      }),
      [
        "https://github.com/acme/config//apps/{{name}} | of ApplicationSet apps/web: the Applications that it makes are not rendered",
      ],
    ],
  ])("is %s", (_, one, expected) => {
    expect(said([], [one])).toEqual(expected);
    expect(said([one], [one])).toEqual([]);
  });

  it("is told of one that is gone", () => {
    const one = resource("helm.toolkit.fluxcd.io/v2", "HelmRelease", { chart: { spec: { chart: "web" } } });
    expect(said([one], [])).toEqual(["web | HelmRelease apps/web is removed, and what it deployed is not shown"]);
  });

  it("is nothing for labels that change, other kinds, and what is no object", () => {
    const kind = "HelmRelease";
    const release = (labels: JsonObject) => ({
      object: { apiVersion: "helm.toolkit.fluxcd.io/v2", kind, metadata: { name: "web", labels }, spec: { a: 1 } },
    });
    expect(said([release({})], [release({ a: "b" })])).toEqual([]);
    expect(said([], [resource("apps/v1", "Deployment", {}), { object: { kind, spec: 3 } }])).toEqual([]);
  });

  it("is the object itself where it does not say what it points at", () => {
    expect(said([], [resource("argoproj.io/v1alpha1", "Application", { source: "text", sources: 3 })])).toEqual([
      "Application apps/web | of Application apps/web: what it deploys is not rendered",
    ]);
  });
});
