import { describe, expect, it } from "vitest";
import type { ClusterGrant } from "../../../../src/model/deploy.ts";
import { Fault } from "../../../../src/model/errors.ts";
import {
  type ControllerWork,
  controllerEnvironmentEngine,
} from "../../../../src/reconcile/engines/controller/environment.ts";
import { controllerOperation } from "../../../../src/reconcile/engines/controller/operation.ts";
import type { DeployEngine, Desired } from "../../../../src/reconcile/engines/engine.ts";
import { desiredOf } from "../../../support/apply-world.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { memoryLog } from "../../../webhooks/fakes.ts";

const signal = new AbortController().signal;
const open: ClusterGrant = { repositories: ["acme/shop"], environments: ["staging"], namespaces: ["argocd"] };
const application = (name: string, namespace = "argocd") => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  name,
  namespace,
});

/** One step of these apps, left to what `engineOf` makes. */
function step(apps: readonly string[], engineOf: (work: ControllerWork) => DeployEngine, grant = open) {
  const leases = { acquire: async () => ({ kind: "busy", holder: "another", waitMs: 1 }) as const };
  const cluster = { settings: { name: "main", namespace: "sluice", grants: [grant] }, leases };
  const log = memoryLog();
  const engine = controllerEnvironmentEngine(
    {
      cluster: { ...cluster, cluster: new FakeCluster() },
      health: { health: async () => [] },
      clock: () => 1_000,
      log,
    },
    {
      repositoryUrl: "https://github.com/acme/shop",
      base: "main",
      history: { isAncestor: async () => false, changedPaths: async () => [] },
      timeoutMs: 60_000,
      watchOnly: false,
    },
    engineOf,
  );
  const targets = apps.map((app): Desired => ({ ...desiredOf({ head: "a".repeat(40), objects: [] }), app }));
  const environment = { environment: "staging", head: "a".repeat(40), targets, gone: async () => [] };
  const stepped = engine.step({ ...environment, repository: { owner: "acme", name: "shop" } }, signal);
  return stepped.then((result) => ({ ...result, warned: log.lines }));
}

/** Does what is said for an app, and is live with the others. */
function engine(doing: Readonly<Record<string, () => void>>): DeployEngine {
  return {
    async step(desired) {
      doing[desired.app]?.();
      const status = { state: "live", since: 0, changed: 0, kept: [] } as const;
      return { operation: controllerOperation(desired, 0), status, again: 5_000 };
    },
  };
}

describe("an environment that is left to a controller", () => {
  it("keeps no target waiting for what another meets", async () => {
    const broken = () => {
      throw new Fault("unavailable", "the cluster is away");
    };
    const { reports, again, warned } = await step(["bad", "web"], () => engine({ bad: broken }));
    expect(reports.map(({ operation, status }) => [operation.app, status.state])).toEqual([["web", "live"]]);
    expect(again).toBe(5_000);
    expect(warned.join()).toContain("the cluster is away");
    await expect(step(["bad"], () => engine({ bad: broken }))).rejects.toThrow("the cluster is away");
  });

  it.each<[string, Partial<ClusterGrant>, string, string]>([
    ["in a namespace that is not open", {}, "shop", "in namespace shop, which is not open to staging of acme/shop"],
    ["in the namespace that Sluice keeps", { namespaces: ["*"] }, "sluice", "which Sluice keeps for itself"],
    ["in a namespace of Kubernetes", { namespaces: ["*"] }, "kube-system", "which is not open"],
    ["of a kind that is not open", { kinds: ["ConfigMap"] }, "argocd", "kind Application.argoproj.io"],
    ["in the namespace of another app", { namespaces: ["{app}-cd"] }, "api-cd", "which is not open"],
  ])("is refused an object %s, and the others go on", async (_, given, namespace, words) => {
    const asking = (work: ControllerWork) =>
      engine({ web: () => work.checkAccess(application("web", namespace), "web") });
    const { reports } = await step(["web", "api"], asking, { ...open, ...given });
    const states = Object.fromEntries(reports.map(({ operation, status }) => [operation.app, status]));
    expect(states.api).toMatchObject({ state: "live" });
    expect(states.web).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    expect(JSON.stringify(states.web)).toContain(words);
  });

  it("is refused whole where the operator gives it no cluster", async () => {
    const given = { ...open, repositories: ["acme/other"] };
    await expect(step(["web"], () => engine({}), given)).rejects.toMatchObject({ kind: "permission" });
  });
});
