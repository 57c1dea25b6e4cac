import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { z } from "zod";
import { clusterLeases } from "../../src/kube/index.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { applyEnvironmentEngine } from "../../src/reconcile/engines/apply-environment.ts";
import { configMap, desiredOf, hook, job, wave } from "../support/apply-world.ts";
import { eventually } from "../support/wait.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const made = z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) });
const answered = z.object({ status: z.object({ token: z.string() }) });

/** A token of an account that may do everything, and how it ends: with the Secret that it is bound to. */
async function boundToken(): Promise<{ readonly token: string; revoke(): Promise<void> }> {
  const secrets = `/api/v1/namespaces/${test.namespace}/secrets`;
  const body = { apiVersion: "v1", kind: "Secret", metadata: { generateName: "bound-" } };
  const { metadata } = made.parse((await test.api.send("POST", secrets, { body })).body);
  const spec = { boundObjectRef: { apiVersion: "v1", kind: "Secret", ...metadata } };
  const path = `/api/v1/namespaces/${test.namespace}/serviceaccounts/sluice/token`;
  const asked = { body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec } };
  const { token } = answered.parse((await test.api.send("POST", path, asked)).body).status;
  return {
    token,
    revoke: async () => {
      await test.api.send("DELETE", `${secrets}/${metadata.name}`);
      await eventually(
        "the token is refused",
        async () => (await test.api.send("GET", "/api", { token })).status === 401,
      );
    },
  };
}

const own = (): string => `${test.namespace}-own`;

/** An account with all rights in the tests' namespace, and in one for what Sluice keeps. */
async function makeAccount(): Promise<void> {
  await test.api.send("POST", "/api/v1/namespaces", {
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: own() } },
  });
  await test.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "sluice" } });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
  const subjects = [{ kind: "ServiceAccount", name: "sluice", namespace: test.namespace }];
  const binding = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "sluice" } };
  for (const namespace of [test.namespace, own()]) {
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
    await test.api.send("POST", path, { body: { ...binding, roleRef, subjects } });
  }
}

function kubeconfig(token: string): string {
  const { server, ca = "" } = test.access;
  const cluster = { server, "certificate-authority-data": Buffer.from(ca).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "tests",
    contexts: [{ name: "tests", context: { cluster: "tests", user: "sluice" } }],
    clusters: [{ name: "tests", cluster }],
    users: [{ name: "sluice", user: { token } }],
  });
}

function engineOf(cluster: OpenCluster) {
  const { namespace } = test;
  const grants = [{ repositories: ["*/*"], environments: ["*"], namespaces: [namespace] }];
  const settings = { name: "tests", namespace: own(), grants };
  const leases = clusterLeases({ cluster, namespace: own(), clock: Date.now, elapsed: () => performance.now() });
  return applyEnvironmentEngine(
    {
      cluster: { settings, cluster, leases },
      health: { health: async (all) => all.map(() => ({ status: "healthy", message: "", rule: "core" })) },
      clock: Date.now,
      log: memoryLog(),
      newId: () => `operation-${Date.now()}`,
      process: "process-1",
    },
    { repositoryId: 7, namespace, limits: { stabilityMs: 0, waveDelayMs: 0, pollMs: 100 } },
  );
}

it.runIf(test.own)(
  "a token that ends in the middle of a deploy is read again, and the deploy goes on (13)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-token-"));
    const path = join(folder, "kubeconfig");
    await makeAccount();
    const first = await boundToken();
    writeFileSync(path, kubeconfig(first.token));
    const cluster = await openTestCluster(test, { kind: "kubeconfig", path, exec: false });
    try {
      const objects = [job("migrate", hook("PreSync")), configMap("a", {}, wave(1)), configMap("b", {}, wave(2))];
      const target = { ...desiredOf({ head: "a", objects }), environment: "prod" };
      const desired = { environment: "prod", head: "a", targets: [target], gone: async () => [] };
      const engine = engineOf(cluster);
      const step = () => engine.step({ ...desired, repository: { owner: "acme", name: "shop" } }, signal);
      expect(await step()).toMatchObject({ reports: [{ status: { state: "progressing" } }] });
      const second = await boundToken();
      await first.revoke();
      writeFileSync(path, kubeconfig(second.token));
      for (;;) {
        const { reports, again } = await step();
        if (again !== undefined) {
          await sleep(Math.max(0, again - Date.now()));
          continue;
        }
        expect(reports).toMatchObject([{ status: { state: "live", changed: 2 } }]);
        return;
      }
    } finally {
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
