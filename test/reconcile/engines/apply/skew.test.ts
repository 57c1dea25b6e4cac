import { expect, it } from "vitest";
import { clusterLeases } from "../../../../src/kube/index.ts";
import type { ClusterGrant, DeployStatus } from "../../../../src/model/deploy.ts";
import { applyEnvironmentEngine } from "../../../../src/reconcile/engines/apply-environment.ts";
import { deployment, desiredOf, hook, job, wave, widget, widgets } from "../../../support/apply-world.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { memoryLog } from "../../../webhooks/fakes.ts";

const signal = new AbortController().signal;
const minutes = 60_000;
const grant: ClusterGrant = {
  repositories: ["*/*"],
  environments: ["*"],
  namespaces: ["shop"],
  clusterKinds: ["CustomResourceDefinition.apiextensions.k8s.io"],
};

const objects = [
  job("migrate", hook("PreSync")),
  widgets(),
  widget("one"),
  deployment("web", "app:1", wave(1)),
  deployment("worker", "app:1", wave(2)),
  job("smoke", hook("PostSync")),
];

/** Deploys with workers that take turns, step by step, each with a clock that is off by so much. */
async function deploy(...skews: readonly number[]): Promise<{ status: DeployStatus; took: number }> {
  let now = Date.UTC(2026, 0, 1);
  const begun = now;
  const cluster = new FakeCluster({ now: () => now, namespaces: ["shop", "sluice"] });
  cluster.play("Job", () => ({ conditions: [{ type: "Complete", status: "True" }] }));
  const settings = { name: "main", namespace: "sluice", grants: [grant] };
  const engines = skews.map((skew, index) => {
    const clock = () => now + skew;
    const leases = clusterLeases({ cluster, namespace: "sluice", clock, elapsed: () => now });
    const engine = applyEnvironmentEngine(
      {
        cluster: { settings, cluster, leases },
        health: { health: async (all) => all.map(() => ({ status: "healthy", message: "", rule: "core" })) },
        clock,
        log: memoryLog(),
        newId: () => `operation-${index}`,
        process: `process-${index}`,
      },
      { repositoryId: 7, namespace: "shop" },
    );
    return { engine, skew };
  });
  const desired = { repository: { owner: "acme", name: "shop" }, environment: "staging", head: "a" };
  for (let turn = 0; turn < 200; turn += 1) {
    const worker = engines[turn % engines.length];
    if (worker === undefined) break;
    cluster.ahead = -worker.skew;
    const targets = [desiredOf({ head: "a", objects })];
    const { reports, again } = await worker.engine.step({ ...desired, targets, gone: async () => [] }, signal);
    const status = reports[0]?.status;
    if (again === undefined && status !== undefined) return { status, took: now - begun };
    now = Math.max(now + 1, (again ?? now) - worker.skew);
  }
  throw new Error("there is no result");
}

it("workers whose clocks are ten minutes apart deploy as fast as one does, and none gives up (12)", async () => {
  const alone = await deploy(0);
  expect(alone.status).toMatchObject({ state: "live", changed: 4 });
  for (const skews of [
    [0, 10 * minutes],
    [0, -10 * minutes],
    [5 * minutes, -5 * minutes, 0],
  ]) {
    const { status, took } = await deploy(...skews);
    expect(status).toMatchObject({ state: "live", changed: 4 });
    expect(took).toBeLessThan(alone.took + 1_000);
  }
});
