import { describe, expect, it } from "vitest";
import type { Finding, Severity, TargetPreview } from "../../src/model/preview.ts";
import { specText, type Target } from "../../src/model/target.ts";
import { byUrgency, pairTargets } from "../../src/preview/plan.ts";

function target(app: string, environment: string, path = `${app}/${environment}`): Target {
  return { id: `${app}/${environment}`, app, environment, render: { kind: "kustomize", path, options: {} } };
}

describe("the plan of a preview", () => {
  it("pairs targets by id, the head's order first, then those that are gone", () => {
    const pairs = pairTargets([target("a", "dev"), target("gone", "dev")], [target("new", "dev"), target("a", "dev")]);
    expect(pairs.map(({ id, base, head }) => [id, base !== undefined, head !== undefined])).toEqual([
      ["new/dev", false, true],
      ["a/dev", true, true],
      ["gone/dev", true, false],
    ]);
  });

  it("takes a folder for the same target, whatever its name became", () => {
    const pairs = pairTargets(
      [target("hooks", "prod", "x/hooks/prod"), target("gone", "dev", "old/dev")],
      [
        target("queue", "prod", "x/queue/prod"),
        target("x-hooks", "prod", "x/hooks/prod"),
        target("gone", "dev", "new/dev"),
      ],
    );
    expect(pairs.map(({ base, head }) => [base?.id, head?.id])).toEqual([
      [undefined, "queue/prod"],
      ["hooks/prod", "x-hooks/prod"],
      ["gone/dev", "gone/dev"],
    ]);
  });

  it("tells the environments of one chart apart", () => {
    const release = (environment: string): Target => ({
      ...target("web", environment),
      render: { kind: "helm", path: "charts/web", options: { releaseName: "web", valueFiles: [environment] } },
    });
    const pairs = pairTargets([release("default")], [release("dev"), release("prod")]);
    expect(pairs.map(({ base, head }) => [base?.environment, head?.environment])).toEqual([
      [undefined, "dev"],
      [undefined, "prod"],
      ["default", undefined],
    ]);
  });

  it("puts what fails first, then what has the gravest finding", () => {
    const one = (app: string, status: TargetPreview["status"]): TargetPreview => ({
      ...{ app, environment: "prod", path: app, renderer: "plain", status, because: [] },
      ...{ changes: [], images: [], replicas: [], restarts: 0, hiddenLines: 0 },
    });
    const finding = (app: string, severity: Severity): Finding => ({
      ...{ id: "rule", severity, app, environment: "prod", resource: "", message: "" },
    });
    const targets = [
      one("calm", "removed"),
      one("warned", "changed"),
      one("grave", "changed"),
      one("broken", "failed"),
    ];
    const ordered = byUrgency(targets, [finding("warned", "warning"), finding("grave", "danger")]);
    expect(ordered.map(({ app }) => app)).toEqual(["broken", "grave", "warned", "calm"]);
  });

  it("knows two specs as the same whatever the order of their keys", () => {
    const one = specText({ kind: "helm", path: "c", options: { releaseName: "a", namespace: "n" } });
    const two = specText({ path: "c", options: { namespace: "n", releaseName: "a" }, kind: "helm" });
    expect(one).toBe(two);
    expect(specText(target("a", "dev").render)).not.toBe(specText(target("a", "dev", "other").render));
  });
});

describe("targets that controllers declare", () => {
  const release = (name: string, more: Partial<Target> = {}, version = "6.5.4"): Target => ({
    ...{ id: `${name}/prod`, app: name, environment: "prod" },
    render: {
      ...{ kind: "helmrelease", path: `@sources/charts.example.com/podinfo-${version}` },
      options: { namespace: "apps", name, root: "", spec: {} },
    },
    declaration: { kind: "HelmRelease", namespace: "apps", name },
    ...more,
  });
  const flux = (name: string, path: string, cluster?: string): Target => ({
    ...{ id: `${name}/${cluster ?? "prod"}`, app: name, environment: cluster ?? "prod" },
    render: { kind: "flux", path, options: { namespace: "flux-system", name, root: "", spec: {} } },
    declaration: { kind: "Kustomization", namespace: "flux-system", name },
    ...(cluster === undefined ? {} : { destination: { cluster } }),
  });
  const ids = (base: readonly Target[], head: readonly Target[]) =>
    pairTargets(base, head).map((pair) => [pair.base?.id, pair.head?.id]);

  it("are the same by their object, whatever their path, chart or name became", () => {
    expect(ids([release("podinfo")], [release("podinfo", { id: "podinfo-apps/prod" }, "6.6.0")])).toEqual([
      ["podinfo/prod", "podinfo-apps/prod"],
    ]);
    expect(ids([flux("web", "apps/shop")], [flux("web", "apps/web")])).toEqual([["web/prod", "web/prod"]]);
  });

  it("are told apart by the cluster, and found again in another one", () => {
    const both = [flux("apps", "apps/eu", "eu"), flux("apps", "apps/us", "us")];
    expect(ids(both, [flux("apps", "apps/us", "us"), flux("apps", "apps/x", "eu")])).toEqual([
      ["apps/us", "apps/us"],
      ["apps/eu", "apps/eu"],
    ]);
    expect(ids([flux("apps", "apps/eu", "eu")], [flux("apps", "apps/eu", "asia")])).toEqual([["apps/eu", "apps/asia"]]);
  });

  it("are told apart by the entry that their declarations begin with", () => {
    const entry = (name: string): Target => target(name, "prod", `clusters/${name}`);
    const of = (parent: string, path: string, id: string): Target => ({
      ...flux("apps", path),
      ...{ id, declaration: { kind: "Kustomization", namespace: "flux-system", name: "apps", parent } },
    });
    const base = [entry("a"), entry("b"), of("a/prod", "apps/1", "apps-a"), of("b/prod", "apps/2", "apps-b")];
    const head = [entry("a"), entry("b"), of("b/prod", "apps/3", "apps-b"), of("a/prod", "apps/4", "apps-a")];
    expect(ids(base, head).slice(2)).toEqual([
      ["apps-b", "apps-b"],
      ["apps-a", "apps-a"],
    ]);
  });

  it("are what their folder was before a controller deployed it", () => {
    const folder = target("web", "default", "apps/web");
    expect(ids([folder], [flux("web", "apps/web")])).toEqual([["web/default", "web/prod"]]);
    expect(ids([folder], [flux("a", "apps/web"), flux("b", "apps/web")])).toEqual([
      [undefined, "a/prod"],
      [undefined, "b/prod"],
      ["web/default", undefined],
    ]);
  });

  it("are others where only the chart is the same", () => {
    expect(ids([release("old")], [release("new")])).toEqual([
      [undefined, "new/prod"],
      ["old/prod", undefined],
    ]);
  });
});
