import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Access } from "../sandbox/cluster/access.ts";
import { clusterLeases, openCluster } from "../src/kube/index.ts";
import type { ClusterGrant } from "../src/model/deploy.ts";
import { applyEnvironmentEngine } from "../src/reconcile/engines/apply-environment.ts";
import { createRenderer } from "../src/render/renderer.ts";
import { realEngine } from "../test/render/support/engines.ts";
import { type Commit, desiredOf } from "../test/support/apply-world.ts";
import { memoryLog } from "../test/webhooks/fakes.ts";

/** What a deploy cost. */
export interface Applied {
  readonly ms: number;
  readonly requests: number;
}

/** The engine `apply` in this process, on a real API server. */
export interface Applier {
  /** Deploys all of it to a namespace, to the end. */
  deploy(namespace: string, commit: Commit): Promise<Applied>;
  close(): Promise<void>;
}

/** It waits for nothing that `kubectl` does not wait for either. */
const limits = { stabilityMs: 0, waveDelayMs: 0, pollMs: 50 };

/** Opens one, with a connection that is warm, as that of a server is. */
export async function applier({ kubeconfig: path }: Access): Promise<Applier> {
  const access = { kind: "kubeconfig", path, exec: false } as const;
  const cluster = await openCluster({ name: "bench", access, clock: Date.now, random: Math.random });
  const health = createRenderer({ binary: realEngine(), workers: 1 });
  await health.hello();
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  const repository = { owner: "acme", name: "shop" };
  const deploy = async (namespace: string, commit: Commit): Promise<void> => {
    const grant: ClusterGrant = { repositories: ["*/*"], environments: ["*"], namespaces: [namespace] };
    const settings = { name: "bench", namespace: "default", grants: [grant] };
    const ports = { health, clock: Date.now, log: memoryLog(), newId: () => namespace, process: "bench" };
    const place = { repositoryId: 7, namespace, limits };
    const engine = applyEnvironmentEngine({ ...ports, cluster: { settings, cluster, leases } }, place);
    const targets = [{ ...desiredOf(commit), app: namespace, environment: namespace }];
    const desired = { repository, environment: namespace, head: commit.head, targets, gone: async () => [] };
    for (;;) {
      const { reports, again } = await engine.step(desired, AbortSignal.timeout(600_000));
      const state = reports[0]?.status.state;
      if (again === undefined && state === "live") return;
      if (again === undefined) throw new Error(JSON.stringify(reports[0]?.status));
      await sleep(Math.max(0, again - Date.now()));
    }
  };
  return {
    deploy: async (namespace, commit) => {
      let requests = 0;
      const count = (): void => void requests++;
      subscribe("undici:request:create", count);
      const started = performance.now();
      await deploy(namespace, commit).finally(() => unsubscribe("undici:request:create", count));
      return { ms: performance.now() - started, requests };
    },
    close: async () => {
      await Promise.all([cluster.close(), health.close()]);
    },
  };
}
