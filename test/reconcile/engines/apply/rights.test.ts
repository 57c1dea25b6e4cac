import { describe, expect, it } from "vitest";
import { z } from "zod";
import { clusterLeases } from "../../../../src/kube/index.ts";
import type { ClusterGrant, ClusterSettings, OperationReport } from "../../../../src/model/deploy.ts";
import type { JsonObject } from "../../../../src/model/json.ts";
import type { OpenCluster } from "../../../../src/model/kube.ts";
import { applyEnvironmentEngine } from "../../../../src/reconcile/engines/apply-environment.ts";
import { configMap, deployment, desiredOf, hook, job } from "../../../support/apply-world.ts";
import { documentedRights } from "../../../support/documented-rights.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { memoryLog } from "../../../webhooks/fakes.ts";

const signal = new AbortController().signal;
const sluice = "system:serviceaccount:sluice:sluice";
const deployer = "system:serviceaccount:shop-prod:deployer";
const namespace = "shop-prod";

/** A cluster to which the page was applied, and nothing else. */
function world() {
  let now = Date.UTC(2026, 0, 1);
  const cluster = new FakeCluster({ now: () => now, namespaces: [namespace] });
  for (const object of documentedRights()) cluster.put(object);
  cluster.play("Job", () => ({ conditions: [{ type: "Complete", status: "True" }] }));
  const own = cluster.as({ user: sluice });
  const open: OpenCluster = Object.assign(own, {
    as: (account: { readonly user: string }) => cluster.as(account),
    clockOffset: () => 0,
    close: async () => undefined,
  });
  const grant: ClusterGrant = {
    repositories: ["acme/shop"],
    environments: ["prod"],
    namespaces: [namespace],
    serviceAccount: "shop-prod/deployer",
  };
  const settings: ClusterSettings = { name: "prod", namespace: "sluice", grants: [grant] };
  const leases = clusterLeases({ cluster: own, namespace: "sluice", clock: () => now, elapsed: () => now });
  const isBad = ({ object }: { readonly object: JsonObject }) => JSON.stringify(object).includes("app:bad");
  const engine = applyEnvironmentEngine(
    {
      cluster: { settings, cluster: open, leases },
      health: {
        health: async (objects) =>
          objects.map((one) => ({ status: isBad(one) ? "degraded" : "healthy", message: "", rule: "core" })),
      },
      clock: () => now,
      log: memoryLog(),
      newId: () => `operation-${now}`,
      process: "process-1",
    },
    { repositoryId: 7, namespace },
  );
  const deploy = async (head: string, ...objects: readonly JsonObject[]): Promise<readonly OperationReport[]> => {
    const targets = [{ ...desiredOf({ head, objects }), environment: "prod" }];
    const desired = { repository: { owner: "acme", name: "shop" }, environment: "prod", head, targets };
    for (;;) {
      const { reports, again } = await engine.step({ ...desired, gone: async () => [] }, signal);
      if (again === undefined) return reports;
      now = Math.max(now + 1, again);
    }
  };
  return { cluster, own, deploy };
}

/** A Pod of the Deployment `web` that ends again and again. */
function putBrokenPod(cluster: FakeCluster): void {
  const owned = (apiVersion: string, kind: string, name: string): JsonObject => {
    const { metadata } = z
      .object({ metadata: z.object({ uid: z.string() }) })
      .parse(cluster.object({ apiVersion, kind, name, namespace }));
    return { ownerReferences: [{ apiVersion, kind, name, uid: metadata.uid, controller: true }] };
  };
  const labels = { app: "web" };
  const set = { name: "web-6c9d7", namespace, labels, ...owned("apps/v1", "Deployment", "web") };
  cluster.put({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: set,
    spec: { selector: { matchLabels: labels } },
  });
  const waiting = { name: "app", state: { waiting: { reason: "CrashLoopBackOff" } } };
  const ended = { lastState: { terminated: { exitCode: 1 } }, restartCount: 3 };
  cluster.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace, labels, ...owned("apps/v1", "ReplicaSet", "web-6c9d7") },
    spec: { containers: [{ name: "app", image: "app:bad" }] },
    status: { phase: "Running", containerStatuses: [{ ...waiting, ...ended }] },
  });
}

describe("the rights that the documents name", () => {
  it("are enough for a deploy with a hook, for what it deletes, and to say why one failed", async () => {
    const { cluster, deploy } = world();
    cluster.put({ ...configMap("there"), metadata: { name: "there", namespace } });
    const migration = job("migration", hook("PreSync"));
    const first = await deploy("a", configMap("there", { a: "1" }), configMap("old"), deployment("web"), migration);
    expect(first).toMatchObject([{ status: { state: "live", kept: [] } }]);
    expect(await deploy("b", configMap("there"), deployment("web"), migration)).toMatchObject([
      { status: { state: "live", kept: [] } },
    ]);
    expect(cluster.object({ apiVersion: "v1", kind: "ConfigMap", name: "old", namespace })).toBeUndefined();
    putBrokenPod(cluster);
    cluster.logs.set(`${namespace}/web-1/previous`, "no database\n");
    expect(await deploy("c", configMap("there"), deployment("web", "app:bad"))).toMatchObject([
      { status: { state: "failed", failure: { kind: "health", problems: [{ lastLines: ["no database"] }, {}] } } },
    ]);
    const users = new Set(cluster.calls.filter((call) => call.namespace === namespace).map(({ user }) => user));
    expect([...users]).toEqual([deployer]);
  });

  it("of Sluice itself are no more than it uses, and let it act as no other account", async () => {
    const { cluster, own, deploy } = world();
    await deploy("a", configMap("a"));
    await deploy("b", configMap("b"), configMap("a"));
    const used = new Map<string, Set<string>>();
    for (const { user, verb, kind } of cluster.calls)
      if (user === sluice) used.set(kind, (used.get(kind) ?? new Set()).add(verb));
    const verbs = [...used].map(([kind, some]) => [kind, [...some].sort()]).sort();
    expect(verbs).toEqual([
      ["ConfigMap", ["create", "get", "list", "patch"]],
      ["Lease", ["create", "get", "patch"]],
    ]);
    const question = { apiVersion: "v1", kind: "ServiceAccount", verb: "impersonate", namespace } as const;
    expect(await own.may({ ...question, name: "deployer" }, signal)).toBe(true);
    expect(await own.may({ ...question, name: "default" }, signal)).toBe(false);
  });
});
