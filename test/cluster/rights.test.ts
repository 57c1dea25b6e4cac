import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { clusterLeases } from "../../src/kube/index.ts";
import type { ClusterGrant, DeployStatus } from "../../src/model/deploy.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { applyEnvironmentEngine } from "../../src/reconcile/engines/apply-environment.ts";
import { configMap, deployment, desiredOf, hook } from "../support/apply-world.ts";
import { documentedRights } from "../support/documented-rights.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });
const tokenAnswer = z.object({ status: z.object({ token: z.string() }) });

/** The namespace that Sluice keeps for itself. */
let own = "";
let cluster: OpenCluster;

beforeAll(async () => {
  own = `${test.namespace}-own`;
  const json = JSON.stringify(documentedRights())
    .replaceAll('"namespace":"sluice"', `"namespace":"${own}"`)
    .replaceAll('"namespace":"shop-prod"', `"namespace":"${test.namespace}"`)
    .replaceAll('"kind":"Namespace","metadata":{"name":"sluice"}', `"kind":"Namespace","metadata":{"name":"${own}"}`);
  for (const object of z.array(z.record(z.string(), z.json())).parse(JSON.parse(json))) await put(object);
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const answer = await test.api.send("POST", `/api/v1/namespaces/${own}/serviceaccounts/sluice/token`, { body });
  const { server, ca } = test.access;
  const { token } = tokenAnswer.parse(answer.body).status;
  cluster = await openTestCluster(test, { kind: "token", server, token, ca });
});
afterAll(async () => {
  if (!test.own) await test.api.send("DELETE", `/api/v1/namespaces/${own}`);
  await cluster.close();
});

const plurals = new Map([
  ["Namespace", "namespaces"],
  ["ServiceAccount", "serviceaccounts"],
  ["Role", "roles"],
  ["RoleBinding", "rolebindings"],
]);

/** As `kubectl apply` would. */
async function put(object: JsonObject): Promise<void> {
  const { name, namespace } = named.parse(object).metadata;
  const apiVersion = String(object.apiVersion);
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const where = namespace === undefined ? base : `${base}/namespaces/${namespace}`;
  const path = `${where}/${plurals.get(String(object.kind))}/${name}?fieldManager=kubectl&fieldValidation=Strict`;
  const answer = await test.api.send("PATCH", path, { body: object, contentType: "application/apply-patch+yaml" });
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
}

/** Steps as the account that the page makes, with its rights and the deployer's. */
async function deploy(head: string, ...objects: readonly JsonObject[]): Promise<DeployStatus | undefined> {
  const grant: ClusterGrant = {
    repositories: ["acme/shop"],
    environments: ["prod"],
    namespaces: [test.namespace],
    serviceAccount: `${test.namespace}/deployer`,
  };
  const settings = { name: "tests", namespace: own, grants: [grant] };
  const leases = clusterLeases({ cluster, namespace: own, clock: Date.now, elapsed: () => performance.now() });
  const engine = applyEnvironmentEngine(
    {
      cluster: { settings, cluster, leases },
      health: { health: async (all) => all.map(() => ({ status: "healthy", message: "", rule: "core" })) },
      clock: Date.now,
      log: memoryLog(),
      newId: () => `operation-${head}`,
      process: "process-1",
    },
    { repositoryId: 7, namespace: test.namespace, limits: { stabilityMs: 0, waveDelayMs: 0, pollMs: 100 } },
  );
  const repository = { owner: "acme", name: "shop" };
  const target = { ...desiredOf({ head, objects }), environment: "prod" };
  const desired = { repository, environment: "prod", head, targets: [target], gone: async () => [] };
  for (;;) {
    const { reports, again } = await engine.step(desired, signal);
    if (again === undefined) return reports[0]?.status;
    await sleep(Math.max(0, again - Date.now()));
  }
}

describe("the rights that the documents name", () => {
  it("are enough on a real API server: for what is new, changed, taken over, run once and deleted", async () => {
    await test.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "there" } });
    const once = configMap("once", {}, hook("PreSync"));
    expect(await deploy("a", configMap("there", { a: "1" }), configMap("old"), deployment("web"), once)).toMatchObject({
      state: "live",
      changed: 3,
      kept: [],
    });
    const changed = await deploy("b", configMap("there", { a: "2" }), deployment("web", "app:2"), once);
    expect(changed).toMatchObject({ state: "live", changed: 3, kept: [] });
    const { status } = await test.api.send("GET", `/api/v1/namespaces/${test.namespace}/configmaps/old`);
    expect(status).toBe(404);
  });

  it("give nothing else: no kind that is not listed, and no other account", async () => {
    const limit = { apiVersion: "v1", kind: "LimitRange", metadata: { name: "limit" }, spec: { limits: [] } };
    expect(await deploy("c", limit)).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    const other = cluster.as({ user: `system:serviceaccount:${test.namespace}:default` });
    const there = { apiVersion: "v1", kind: "ConfigMap", namespace: test.namespace, name: "there" };
    await expect(other.get(there, signal)).rejects.toMatchObject({ name: "UserError", kind: "permission" });
    await expect(cluster.get(there, signal)).rejects.toMatchObject({ name: "UserError", kind: "permission" });
  });
});
