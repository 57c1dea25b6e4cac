import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { clusterLeases } from "../src/kube/index.ts";
import { mapLimit } from "../src/model/map-limit.ts";
import { applyEnvironmentEngine } from "../src/reconcile/engines/apply-environment.ts";
import { desiredOf } from "../src/reconcile/run/desired.ts";
import { createRenderer } from "../src/render/renderer.ts";
import { application, gitRepository, kustomization } from "../test/controllers/support/manifests.ts";
import { applyObject, pathOf } from "../test/controllers/support/objects.ts";
import { realEngine } from "../test/render/support/engines.ts";
import { configMap, deployment } from "../test/support/apply-world.ts";
import { directMirrors } from "../test/support/direct-mirrors.ts";
import { memoryLog } from "../test/webhooks/fakes.ts";
import { type BenchWorld, inWorld, poke, until } from "./controllers-world.ts";
import { median } from "./floor.ts";

/** How soon one tool has a commit that changes all apps in the cluster; medians in milliseconds. */
export interface ManyTimes {
  readonly tool: string;
  /** From the poke, or from Sluice's first render, until half of the Deployments have the new image. */
  readonly half: number;
  /** Until all have it. */
  readonly all: number;
  /** Until the tool's status says so of all. Argo CD and Sluice wait for health, Sluice here for no stability. */
  readonly live: number;
  /** Of Sluice, for each app of one commit. */
  readonly requests?: number;
}

/** All of them on one control plane, one after the other. */
export interface ManyBench {
  readonly times: readonly ManyTimes[];
  readonly apps: number;
  readonly runs: number;
  /** The machine's load in the minute before, and in the minute before the end. */
  readonly load: readonly [before: number, after: number];
}

const runs = 3;

/** Deploys commits that change the image of all of so many apps, by each tool; each is a folder of one repository. */
export async function benchMany(apps: number, say: (line: string) => void): Promise<ManyBench> {
  const before = loadavg()[0] ?? 0;
  return inWorld(async (world) => {
    const times: ManyTimes[] = [];
    for (const one of [
      { tool: "Argo CD", name: "many-argocd", start: argocd },
      { tool: "Flux", name: "many-flux", start: flux },
      { tool: "Sluice, apply", name: "many-sluice", start: sluice },
    ]) {
      say(`deploys of ${apps} apps, ${one.tool} …`);
      times.push(await measured(world, one, apps));
    }
    return { times, apps, runs, load: [before, loadavg()[0] ?? 0] };
  });
}

/** What a tool deploys: folders of a repository, each to the same namespace. */
interface Fleet {
  readonly repository: Awaited<ReturnType<BenchWorld["repository"]>>;
  readonly namespace: string;
  readonly apps: readonly string[];
}

/** One tool that is set up. */
interface Deployer {
  /** Brings the head to the cluster; resolves when the tool says of all apps that they are there. */
  deploy(head: string): Promise<void>;
  /** Leaves the next tool alone. */
  stop(): Promise<void>;
}

interface Tool {
  readonly tool: string;
  /** Of its repository and namespace. */
  readonly name: string;
  start(world: BenchWorld, fleet: Fleet): Promise<Deployer>;
}

/** The first deploy makes everything, and does not count. */
async function measured(world: BenchWorld, { tool, name, start }: Tool, count: number): Promise<ManyTimes> {
  await world.namespace(name);
  const apps = Array.from({ length: count }, (_, at) => `app-${at}`);
  const fleet = { repository: await world.repository(name), namespace: name, apps };
  const deployer = await start(world, fleet);
  const times: Omit<ManyTimes, "tool">[] = [];
  for (let run = 0; run <= runs; run += 1) times.push(await measuredOnce(world, fleet, deployer));
  await deployer.stop();
  const [, ...counted] = times;
  const of = (key: "half" | "all" | "live") => median(counted.map((one) => one[key]));
  const requests = median(counted.map((one) => one.requests ?? 0));
  return { tool, half: of("half"), all: of("all"), live: of("live"), ...(tool.startsWith("Sluice") && { requests }) };
}

async function measuredOnce(world: BenchWorld, fleet: Fleet, { deploy }: Deployer): Promise<Omit<ManyTimes, "tool">> {
  const image = `nginx:${randomBytes(4).toString("hex")}`;
  const head = await fleet.repository.commit(filesOf(fleet.apps, image));
  let requests = 0;
  const count = (): void => void requests++;
  subscribe("undici:request:create", count);
  const started = performance.now();
  try {
    const [{ half, all, asked }, live] = await Promise.all([
      arrivals(world, fleet, image),
      deploy(head).then(() => performance.now()),
    ]);
    const perApp = (requests - asked) / fleet.apps.length;
    return { half: half - started, all: all - started, live: live - started, requests: perApp };
  } finally {
    unsubscribe("undici:request:create", count);
  }
}

/** Each a kustomization with one Deployment and one ConfigMap; only the image differs from commit to commit. */
function filesOf(apps: readonly string[], image: string): Record<string, string> {
  const files = apps.flatMap((app) => [
    [`apps/${app}/kustomization.yaml`, "resources: [deployment.yaml, configmap.yaml]\n"],
    [`apps/${app}/deployment.yaml`, JSON.stringify(deployment(app, image))],
    [`apps/${app}/configmap.yaml`, JSON.stringify(configMap(app, { value: "always the same" }))],
  ]);
  return Object.fromEntries(files);
}

const list = z.object({ items: z.array(z.unknown()) });
/** Between two looks at all of them: each costs the API server something, too. */
const pauseMs = 100;

/** When half and all of the Deployments had the image, and how often that was asked. */
async function arrivals({ api }: BenchWorld, { namespace, apps }: Fleet, image: string) {
  const containers = z.tuple([z.object({ image: z.literal(image) })]);
  const there = z.object({ spec: z.object({ template: z.object({ spec: z.object({ containers }) }) }) });
  const seen = { half: Number.NaN, all: Number.NaN, asked: 0 };
  await until(async () => {
    seen.asked += 1;
    const { body } = await api.send("GET", `/apis/apps/v1/namespaces/${namespace}/deployments`);
    const having = list.parse(body).items.filter((item) => there.safeParse(item).success).length;
    if (Number.isNaN(seen.half) && having >= apps.length / 2) seen.half = performance.now();
    if (having === apps.length) seen.all = performance.now();
    return having === apps.length;
  }, pauseMs);
  return seen;
}

/** Waits until all objects of a list are as the schema says. */
async function untilAll({ api }: BenchWorld, path: string, count: number, one: z.ZodType): Promise<void> {
  await until(async () => {
    const all = list.safeParse((await api.send("GET", path)).body).data?.items ?? [];
    return all.length === count && all.every((item) => one.safeParse(item).success);
  }, pauseMs);
}

/** Automated sync, all Applications poked. */
async function argocd(world: BenchWorld, { repository, namespace, apps }: Fleet): Promise<Deployer> {
  const { api } = world;
  const objects = apps.map((app) => {
    const source = { repoURL: repository.url, path: `apps/${app}`, targetRevision: "main" };
    return application({ ...repository, name: app }, namespace, { source, syncPolicy: { automated: {} } });
  });
  const [first] = objects;
  if (first === undefined) throw new Error("there must be an app");
  const folder = pathOf(first).replace(/\/[^/]*$/, "");
  let applied = false;
  return {
    deploy: async (head) => {
      if (!applied) await mapLimit(objects, 8, (one) => applyObject(api, one));
      applied = true;
      await Promise.all(objects.map((one) => poke(api, one, "argocd.argoproj.io/refresh", "normal")));
      const sync = z.object({ status: z.literal("Synced"), revision: z.literal(head) });
      const live = z.object({ status: z.object({ sync, health: z.object({ status: z.literal("Healthy") }) }) });
      await untilAll(world, folder, apps.length, live);
    },
    stop: async () => {
      await mapLimit(objects, 8, (one) => api.send("DELETE", pathOf(one)));
      await untilAll(world, folder, 0, z.never());
    },
  };
}

/** The source poked; the Kustomizations, which do not wait for health, follow it. */
async function flux(world: BenchWorld, { repository, namespace, apps }: Fleet): Promise<Deployer> {
  const { api } = world;
  const source = gitRepository(repository, namespace);
  const sourceRef = { kind: "GitRepository", name: repository.name };
  const objects = apps.map((app) =>
    kustomization({ ...repository, name: app }, namespace, { path: `apps/${app}`, sourceRef }),
  );
  let applied = false;
  return {
    deploy: async (head) => {
      if (!applied) await mapLimit([source, ...objects], 8, (one) => applyObject(api, one));
      applied = true;
      await poke(api, source, "reconcile.fluxcd.io/requestedAt", new Date().toISOString());
      const live = z.object({ status: z.object({ lastAppliedRevision: z.literal(`main@sha1:${head}`) }) });
      const folder = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${namespace}/kustomizations`;
      await untilAll(world, folder, apps.length, live);
    },
    // They look again in an hour.
    stop: async () => undefined,
  };
}

/**
 * Sluice's engine with a real renderer, from the repository itself: what fetching takes is not in it. Its usual limits,
 * but live is what is healthy, for the moment.
 */
async function sluice({ cluster, github }: BenchWorld, { repository: { name }, namespace, apps }: Fleet) {
  const renderer = createRenderer({ binary: realEngine() });
  await renderer.hello();
  const mirrors = directMirrors(github);
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  const repository = { owner: "acme", name };
  const environment = "staging";
  const grant = { repositories: ["*/*"], environments: ["*"], namespaces: [namespace] };
  const settings = { name: "bench", namespace: "default", grants: [grant] };
  let ids = 0;
  const ports = { health: renderer, clock: Date.now, log: memoryLog(), newId: () => `many-${++ids}`, process: "bench" };
  const place = { repositoryId: 2, namespace, limits: { stabilityMs: 0 } };
  const engine = applyEnvironmentEngine({ ...ports, cluster: { settings, cluster, leases } }, place);
  return {
    deploy: async (head: string) => {
      const signal = AbortSignal.timeout(300_000);
      const history = await mirrors.open({ repository, want: ["refs/heads/main"] }, signal);
      const about = { tree: await history.tree(head), repository: history, head, signal };
      const targets = await mapLimit(apps, rendersAtOnce, async (app) => {
        const render = { kind: "kustomize", path: `apps/${app}`, options: {} } as const;
        const target = { id: `${app}/${environment}`, app, environment, render };
        const wanted = await desiredOf({ renderer, clock: Date.now }, about, target, undefined, true);
        if (!wanted.ok) throw new Error(`${app} does not render`);
        return wanted.desired;
      });
      const desired = { repository, environment, head, targets, gone: async () => [] };
      for (;;) {
        const { reports, again } = await engine.step(desired, signal);
        if (again === undefined && reports.length === apps.length && reports.every(isLive)) return;
        if (again === undefined) throw new Error(JSON.stringify(reports.find((one) => !isLive(one))));
        await sleep(Math.max(0, again - Date.now()));
      }
    },
    stop: async () => {
      await mirrors.close();
      await renderer.close();
    },
  };
}

/** As many as a worker renders at once. */
const rendersAtOnce = 4;

function isLive({ status }: { readonly status: { readonly state: string } }): boolean {
  return status.state === "live";
}
