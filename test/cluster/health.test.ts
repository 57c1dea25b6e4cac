import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectProblem } from "../../src/model/deploy.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { podProblems, replicaFailure } from "../../src/reconcile/health/pods.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { eventually } from "../support/wait.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";
import { deployment, job, type PodOptions } from "./support/manifests.ts";

const test = useCluster();
const engine = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
const signal = AbortSignal.timeout(1_800_000);
const waitMs = 600_000;

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(async () => {
  await cluster.close();
  await engine.close();
});

interface Applied {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}

/** Applies an object; gives what the engine says of it, whenever that is asked. */
async function applied(wanted: Applied): Promise<() => Promise<string>> {
  const { namespace } = test;
  const { apiVersion, kind, metadata } = wanted;
  const reference = { apiVersion, kind, name: metadata.name, namespace };
  const object: JsonObject = JSON.parse(JSON.stringify(wanted));
  await cluster.apply({ object }, { fieldManager: "sluice", dryRun: false, force: true, namespace }, signal);
  return async () => {
    const live = await cluster.get(reference, signal);
    const [health] = await engine.health(live === undefined ? [] : [live], [], signal);
    return health === undefined ? "absent" : `${health.status}: ${health.message}`;
  };
}

/** Waits until the engine says this of an object that was applied. */
async function becomes(object: Applied, what: string): Promise<void> {
  const said = await applied(object);
  let last = "";
  const isSo = async (): Promise<boolean> => {
    last = await said();
    if (last.startsWith(what)) return true;
    // What is given up takes five seconds; each look is a call and a judgement.
    await sleep(250);
    return false;
  };
  await eventually(`${object.metadata.name} is ${what}`, isSo, waitMs).catch((cause: unknown) => {
    throw new Error(`it is ${last}`, { cause });
  });
}

/** Waits until the Pods of a Deployment, or the Deployment itself, say why they are not well. */
async function reasonOf(name: string): Promise<ObjectProblem> {
  const find = async (): Promise<ObjectProblem | undefined> => {
    const { namespace } = test;
    const pods = await cluster.list({ apiVersion: "v1", kind: "Pod", namespace, labels: `app=${name}` }, signal);
    const workload = await cluster.get({ apiVersion: "apps/v1", kind: "Deployment", namespace, name }, signal);
    const [first] = podProblems(pods.map(({ object }) => object));
    return first?.problem ?? (workload && replicaFailure(workload.object));
  };
  return eventually(`the Pods of ${name} say why`, find, waitMs);
}

const web = (name: string, pod: Partial<PodOptions> = {}) =>
  deployment(name, { image: "example.com/web:1.0.0", ...pod });
const migrate = (name: string, tag: string) => job(name, { image: `example.com/migrate:${tag}` });

describe.concurrent("the health of what a real control plane runs", () => {
  it("is healthy of a Deployment that is available, and of a Job that is done", async () => {
    await becomes(web("web"), "healthy: Deployment is available. Replicas: 1");
    await becomes(migrate("migrate", "1.0.0"), "healthy: Job Completed. succeeded: 1/1");
  });

  it("is suspended of a Deployment that is paused, and of a Job that may not start", async () => {
    const paused = web("paused");
    await becomes({ ...paused, spec: { ...Object(paused.spec), paused: true } }, "suspended: Deployment is paused");
    const later = migrate("later", "1.0.0");
    await becomes({ ...later, spec: { ...Object(later.spec), suspend: true } }, "suspended: Job is suspended");
  });

  // Another cluster pulls images.
  it.runIf(test.own).each([
    ["crash", "CrashLoopBackOff", /^container `crash` exited with code 1, 5 times$/],
    ["pull", "ImagePullBackOff", /^cannot pull example.com\/web:fail-pull/],
  ])("is degraded of a Deployment that is given up: %s", async (name, reason, message) => {
    await becomes(web(name, { image: `example.com/web:fail-${name}` }), "degraded: Progress deadline exceeded");
    expect(await reasonOf(name)).toMatchObject({ reason, message: expect.stringMatching(message) });
  });

  it.runIf(test.own)("is degraded of a Job that failed", async () => {
    await becomes(migrate("migrate-badly", "fail-exit"), "degraded: Job Failed. failed: 1/1: BackoffLimitExceeded");
  });

  it("knows why no node takes a Pod", async () => {
    await becomes(web("lost", { nodeSelector: { no: "such" } }), "degraded: Progress deadline exceeded");
    expect(await reasonOf("lost")).toMatchObject({
      reason: "Unschedulable",
      message: expect.stringContaining("cannot be placed on a node: "),
    });
  });

  it("knows the quota that keeps Pods from being made", async () => {
    const metadata = { name: "nothing" };
    const spec = { hard: { pods: "0" }, scopes: ["NotBestEffort"] };
    await becomes({ apiVersion: "v1", kind: "ResourceQuota", metadata, spec }, "healthy");
    const greedy = web("greedy");
    const container = { name: "greedy", image: "example.com/web:1.0.0", resources: { requests: { cpu: "1m" } } };
    const template = { metadata: { labels: { app: "greedy" } }, spec: { containers: [container] } };
    await becomes({ ...greedy, spec: { ...Object(greedy.spec), template } }, "degraded: Progress deadline exceeded");
    expect(await reasonOf("greedy")).toMatchObject({
      reason: "FailedCreate",
      message: expect.stringMatching(/^exceeded quota: nothing, requested: pods=1/),
    });
  });
});
