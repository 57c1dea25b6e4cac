import { randomBytes } from "node:crypto";
import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Api } from "../sandbox/cluster/api.ts";
import { clusterLeases } from "../src/kube/index.ts";
import type { OpenCluster } from "../src/model/kube.ts";
import { applyEngine } from "../src/reconcile/engines/apply/index.ts";
import type { DeployEngine, Desired } from "../src/reconcile/engines/engine.ts";
import { createRenderer } from "../src/render/renderer.ts";
import { application, deployed, gitRepository, kustomization } from "../test/controllers/support/manifests.ts";
import { applyObject, pathOf } from "../test/controllers/support/objects.ts";
import type { TestRepository } from "../test/controllers/support/world.ts";
import { realEngine } from "../test/render/support/engines.ts";
import { configMap, deployment, desiredOf } from "../test/support/apply-world.ts";
import { inWorld, poke, until } from "./controllers-world.ts";
import { median } from "./floor.ts";

/** How soon one tool has a commit in the cluster, and says that it is live; medians in milliseconds. */
export interface ControllerTimes {
  readonly tool: string;
  /** From the poke, or from Sluice's first step, until the cluster has the change. */
  readonly applied: number;
  /** Until the tool's status says that it is live with it. */
  readonly live: number;
}

/** All of them on one control plane, one after the other. */
export interface ControllersBench {
  readonly times: readonly ControllerTimes[];
  readonly runs: number;
  /** The machine's load in the minute before, and in the minute before the end. */
  readonly load: readonly [before: number, after: number];
}

const runs = 5;
/** Where everything is deployed; Sluice keeps its own objects in `default`. */
const namespace = "bench";

/** Deploys a new commit of one app several times by each tool. */
export async function benchControllers(): Promise<ControllersBench> {
  const before = loadavg()[0] ?? 0;
  return inWorld(async (world) => {
    const { api, cluster } = world;
    await world.namespace(namespace);
    const times = [
      await measured("Argo CD", await argocd(api, await world.repository("argocd"))),
      await measured("Flux", await flux(api, await world.repository("flux"), false)),
      await measured("Flux, wait", await flux(api, await world.repository("flux-wait"), true)),
      await applied(api, cluster),
    ];
    return { times, runs, load: [before, loadavg()[0] ?? 0] };
  });
}

/** Brings a value to the cluster; `arrived` is called when it is there. Resolves when the tool says that it is live. */
type Deploy = (value: string, arrived: () => Promise<void>) => Promise<number>;

/** The first deploy makes everything, and does not count. */
async function measured(tool: string, deploy: Deploy): Promise<ControllerTimes> {
  const times: { readonly applied: number; readonly live: number }[] = [];
  for (let run = 0; run <= runs; run += 1) {
    let arrival = Number.NaN;
    let started = Number.NaN;
    started = await deploy(randomBytes(8).toString("hex"), async () => {
      arrival = performance.now();
    });
    times.push({ applied: arrival - started, live: performance.now() - started });
  }
  const [, ...counted] = times;
  return {
    tool,
    applied: median(counted.map((one) => one.applied)),
    live: median(counted.map((one) => one.live)),
  };
}

const objectsOf = (name: string, value: string) => [
  configMap(name, { value }),
  deployment(name, `nginx:${value.slice(0, 8)}`),
];

const hasValue = (api: Api, name: string, value: string) => async (): Promise<boolean> => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } };
  const shape = z.object({ data: z.object({ value: z.literal(value) }) });
  return shape.safeParse((await api.send("GET", pathOf(object))).body).success;
};

/** Automated sync, poked as Argo CD documents it. */
async function argocd(api: Api, shop: TestRepository): Promise<Deploy> {
  const app = application(shop, namespace, { syncPolicy: { automated: {} } });
  return async (value, arrived) => {
    const head = await shop.commit(deployed(...objectsOf(shop.name, value)));
    const started = performance.now();
    await applyObject(api, app);
    await poke(api, app, "argocd.argoproj.io/refresh", "normal");
    const sync = z.object({ status: z.literal("Synced"), revision: z.literal(head) });
    const live = z.object({ status: z.object({ sync, health: z.object({ status: z.literal("Healthy") }) }) });
    await until(hasValue(api, shop.name, value));
    await arrived();
    await until(async () => live.safeParse((await api.send("GET", pathOf(app))).body).success);
    return started;
  };
}

/** Poked at the source, as Flux documents it. */
async function flux(api: Api, shop: TestRepository, wait: boolean): Promise<Deploy> {
  const [source, object] = [gitRepository(shop, namespace), kustomization(shop, namespace, { wait })];
  return async (value, arrived) => {
    const head = await shop.commit(deployed(...objectsOf(shop.name, value)));
    const started = performance.now();
    await applyObject(api, source);
    await applyObject(api, object);
    await poke(api, source, "reconcile.fluxcd.io/requestedAt", new Date().toISOString());
    const ready = z.object({ type: z.literal("Ready"), status: z.literal("True") });
    const conditions = z.array(z.unknown()).refine((all) => all.some((one) => ready.safeParse(one).success));
    const status = z.object({ lastAppliedRevision: z.literal(`main@sha1:${head}`), conditions });
    await until(hasValue(api, shop.name, value));
    await arrived();
    const live = z.object({ status });
    await until(async () => live.safeParse((await api.send("GET", pathOf(object))).body).success);
    return started;
  };
}

/** Sluice's own engine, with its usual limits: it is live when nothing has changed for five seconds. */
async function applied(api: Api, cluster: OpenCluster): Promise<ControllerTimes> {
  const health = createRenderer({ binary: realEngine(), workers: 1 });
  const signal = AbortSignal.timeout(1_800_000);
  const place = { repository: { owner: "acme", name: "apply" }, repositoryId: 1, environment: "staging" };
  const grant = { repositories: ["*/*"], environments: ["*"], namespaces: [namespace] };
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  const outcome = await leases.acquire("sluice-bench", "bench", signal);
  if (outcome.kind !== "held") throw new Error("somebody else has the lease of the benchmark");
  let ids = 0;
  const engine = applyEngine(
    { cluster, lease: outcome.lease, health, clock: Date.now, newId: () => `bench-${++ids}`, writer: "bench" },
    { ...place, cluster: { name: "bench", namespace: "default", grants: [grant] }, grant, namespace },
  );
  try {
    return await measured("Sluice, apply", async (value, arrived) => {
      const started = performance.now();
      const arrival = until(hasValue(api, "apply", value)).then(arrived);
      const desired = { ...desiredOf({ head: value, objects: objectsOf("apply", value) }), app: "apply" };
      await Promise.all([arrival, untilLive(engine, desired, signal)]);
      return started;
    });
  } finally {
    await outcome.lease.release(signal);
    await health.close();
  }
}

async function untilLive(engine: DeployEngine, desired: Desired, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { status, again = 0 } = await engine.step(desired, signal);
    if (status.state === "live") return;
    if (status.state === "failed") throw new Error(JSON.stringify(status));
    await sleep(Math.max(0, again - Date.now()));
  }
}
