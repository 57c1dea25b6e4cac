import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Api, connect } from "../sandbox/cluster/api.ts";
import { startControlPlane } from "../sandbox/cluster/control-plane.ts";
import { programs } from "../sandbox/cluster/programs.ts";
import { startLocalGitHub } from "../sandbox/index.ts";
import { clusterLeases, openCluster } from "../src/kube/index.ts";
import type { OpenCluster } from "../src/model/kube.ts";
import { applyEngine } from "../src/reconcile/engines/apply/index.ts";
import type { DeployEngine, Desired } from "../src/reconcile/engines/engine.ts";
import { createRenderer } from "../src/render/renderer.ts";
import { startArgocd } from "../test/controllers/support/argocd.ts";
import { startFlux } from "../test/controllers/support/flux.ts";
import { tlsFront } from "../test/controllers/support/git-server.ts";
import { application, deployed, gitRepository, kustomization } from "../test/controllers/support/manifests.ts";
import { type ApiObject, applyObject, pathOf } from "../test/controllers/support/objects.ts";
import { controllerPrograms } from "../test/controllers/support/programs.ts";
import type { Files, TestRepository } from "../test/controllers/support/world.ts";
import { realEngine } from "../test/render/support/engines.ts";
import { configMap, deployment, desiredOf } from "../test/support/apply-world.ts";
import { selfSigned } from "../test/support/certificate.ts";
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
  const { privateKey, pem } = selfSigned("127.0.0.1", "127.0.0.1");
  const plane = await startControlPlane(programs(), async (running) => {
    await startArgocd(running, controllerPrograms(), pem);
    await startFlux(running, controllerPrograms(), pem);
  });
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const github = await startLocalGitHub({ dataDir });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const front = await tlsFront(github.url, { key, cert: pem });
  const api = connect(plane.access);
  const access = { kind: "kubeconfig", path: plane.access.kubeconfig, exec: false } as const;
  const cluster = await openCluster({ name: "bench", access, clock: Date.now, random: Math.random });
  const repository = async (name: string): Promise<TestRepository> => {
    const where = { owner: "acme", name };
    await github.createRepository({ ...where, private: false });
    const commit = (files: Files) => github.commit({ ...where, branch: "main", files });
    return { name, url: `${front.origin}/acme/${name}.git`, commit };
  };
  try {
    await applyObject(api, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const times = [
      await measured("Argo CD", await argocd(api, await repository("argocd"))),
      await measured("Flux", await flux(api, await repository("flux"), false)),
      await measured("Flux, wait", await flux(api, await repository("flux-wait"), true)),
      await applied(api, cluster),
    ];
    return { times, runs, load: [before, loadavg()[0] ?? 0] };
  } finally {
    await api.close();
    await cluster.close();
    await front.close();
    await github.close();
    await plane.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
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

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await sleep(20);
}

const hasValue = (api: Api, name: string, value: string) => async (): Promise<boolean> => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } };
  const shape = z.object({ data: z.object({ value: z.literal(value) }) });
  return shape.safeParse((await api.send("GET", pathOf(object))).body).success;
};

async function poke(api: Api, object: ApiObject, annotation: string, value: string): Promise<void> {
  const body = { metadata: { annotations: { [annotation]: value } } };
  await api.send("PATCH", pathOf(object), { body, contentType: "application/merge-patch+json" });
}

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
