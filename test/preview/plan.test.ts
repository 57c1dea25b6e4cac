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
