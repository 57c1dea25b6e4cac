import { describe, expect, it } from "vitest";
import { configMap, deployment, fluxKustomization, kustomization, previewOf } from "./support.ts";

describe("what objects of Argo CD and Flux point at", () => {
  it("unfollowed-helmrelease: the chart is told and counted", async () => {
    const release = (version: string) =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: cache, namespace: data }\nspec:\n  interval: 10m\n  chart:\n    spec:\n      chart: cachestore\n      version: ${version}\n      sourceRef: { kind: HelmRepository, name: acme-charts, namespace: flux-system }\n`;
    const at = "apps/cache/prod";
    const { preview, comment, conclusion, findings } = await previewOf(
      { [`${at}/kustomization.yaml`]: kustomization(["release.yaml"]), [`${at}/release.yaml`]: release("4.1.0") },
      { [`${at}/release.yaml`]: release("5.0.0") },
    );
    expect(preview.completeness.unpinned).toMatchObject([
      { reference: "HelmRelease cache", file: `${at}/release.yaml` },
    ]);
    expect(comment).toContain("> **Not fetched: the source `HelmRelease cache`.**");
    expect([findings, conclusion]).toEqual([["warning reference-not-fetched"], "neutral"]);
  });

  it("unfollowed-application: so is that of an Application, in both versions", async () => {
    const application = (version: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ingress, namespace: argocd }\nspec:\n  project: default\n  source:\n    repoURL: https://charts.example.com\n    chart: gatekeeper\n    targetRevision: ${version}\n`;
    const { preview, comment } = await previewOf(
      { "argocd/prod/ingress.yaml": application("2.7.1") },
      { "argocd/prod/ingress.yaml": application("3.0.0") },
    );
    expect(preview.completeness.unpinned).toMatchObject([
      {
        ...{ kind: "chart", file: "argocd/prod/ingress.yaml" },
        ...{
          reference: "https://charts.example.com/gatekeeper@3.0.0",
          before: "https://charts.example.com/gatekeeper@2.7.1",
        },
      },
    ]);
    expect(comment).toContain("1 chart unknown");
  });

  it("unfollowed-postbuild-tag: a variable of a Kustomization shows what it does", async () => {
    const flux = (tag: string) =>
      fluxKustomization("web", "apps/web/prod", `  postBuild:\n    substitute:\n      TAG: "${tag}"\n`);
    const { comment } = await previewOf(
      {
        "clusters/prod/web.yaml": flux("6.5.0"),
        "apps/web/prod/kustomization.yaml": kustomization(["web.yaml"]),
        "apps/web/prod/web.yaml": deployment("web", { image: `ghcr.io/acme/web:$\{TAG}` }),
      },
      { "clusters/prod/web.yaml": flux("6.6.0") },
    );
    expect(comment).toContain("-image: ghcr.io/acme/web:6.5.0\n+image: ghcr.io/acme/web:6.6.0\n");
    expect(comment).toContain("-TAG: 6.5.0\n+TAG: 6.6.0\n");
    expect(comment).not.toContain("Not followed");
  });
});

describe("the words about what is not fetched", () => {
  const at = "apps/mon/overlays/prod";
  const never = /Pin it|pin it|will fail the same way/;

  it.each([
    [
      "words-pinned-remote-base",
      kustomization([
        "cm.yaml",
        "https://github.com/acme/monitoring//manifests?ref=0123456789abcdef0123456789abcdef01234567",
      ]),
      "https://github.com/acme/monitoring//manifests?ref=0123456789abcdef0123456789abcdef01234567",
    ],
    [
      "words-pinned-chart",
      kustomization(
        ["cm.yaml"],
        "patches:\n  - path: patch.yaml\nhelmCharts:\n  - name: graphs\n    repo: https://charts.example.com\n    version: 8.8.2\n",
      ),
      "https://charts.example.com/graphs:8.8.2",
    ],
  ])("%s: are said once, and are true", async (_, text, reference) => {
    const { findings, comment, failsOn, preview, target } = await previewOf(
      {
        [`${at}/kustomization.yaml`]: text,
        [`${at}/cm.yaml`]: configMap("local", "1"),
        [`${at}/patch.yaml`]: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: local\ndata:\n  p: "1"\n',
      },
      { [`${at}/cm.yaml`]: configMap("local", "2") },
    );
    expect(findings).toEqual(["warning reference-not-fetched"]);
    expect(preview.findings[0]?.message).not.toContain("no fixed version");
    expect(comment.split(reference)).toHaveLength(2);
    expect(comment).not.toMatch(never);
    expect(target("mon/prod")).toMatchObject({ status: "changed", partial: true, changes: [{ name: "local" }] });
    expect(failsOn).toEqual({ danger: false, warning: true });
  });

  it("say of a moving reference that it moves, once for all that name it", async () => {
    const remote = "https://github.com/acme/monitoring//manifests?ref=main";
    const { preview } = await previewOf(
      Object.fromEntries(
        ["prod", "dev"].flatMap((environment) => [
          [`apps/mon/${environment}/kustomization.yaml`, kustomization([remote, "../base"])],
          ["apps/mon/base/kustomization.yaml", kustomization(["cm.yaml"])],
          ["apps/mon/base/cm.yaml", configMap("mon", "1")],
        ]),
      ),
      { "apps/mon/base/cm.yaml": configMap("mon", "2") },
    );
    expect(new Set(preview.findings.map(({ message }) => message)).size).toBe(1);
    expect(preview.findings[0]?.message).toContain("no fixed version");
    expect(preview.completeness.unpinned).toHaveLength(1);
  });

  it("tell another version of a reference with it", async () => {
    const text = (version: string) => kustomization([`https://github.com/acme/monitoring//manifests?ref=${version}`]);
    const { preview, targets } = await previewOf(
      { [`${at}/kustomization.yaml`]: text("v1.0.0") },
      { [`${at}/kustomization.yaml`]: text("v1.1.0") },
    );
    expect(targets).toEqual({ "mon/prod": "failed" });
    expect(preview.findings).toHaveLength(1);
    expect(preview.findings[0]?.message).toContain(
      "`https://github.com/acme/monitoring//manifests?ref=v1.1.0` (`https://github.com/acme/monitoring//manifests?ref=v1.0.0` before)",
    );
    expect(preview.completeness.unpinned).toHaveLength(1);
  });
});
