import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterLeases } from "../../src/kube/index.ts";
import type { ClusterGrant, DeployStatus } from "../../src/model/deploy.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveObject, OpenCluster } from "../../src/model/kube.ts";
import { type ApplyEnvironment, applyEngine, applyLeaseName } from "../../src/reconcile/engines/apply/index.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { configMap, deployment, desiredOf, hook, job, wave, widget, widgets } from "../support/apply-world.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const health = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
  await test.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "there" } });
});
afterAll(async () => {
  await cluster.close();
  await health.close();
});

let processes = 0;

/** The engine as a new process has it, with the lease of its environment. */
async function started(environment: string): Promise<ApplyEnvironment> {
  processes += 1;
  const writer = `process-${processes}`;
  const grant: ClusterGrant = {
    repositories: ["*/*"],
    environments: ["*"],
    namespaces: [test.namespace],
    clusterKinds: ["*"],
  };
  const settings = { name: "tests", namespace: "default", grants: [grant] };
  const repository = { owner: "acme", name: "shop" };
  const repositoryId = Number.parseInt(Buffer.from(test.namespace).toString("hex").slice(-12), 16);
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  const outcome = await leases.acquire(applyLeaseName({ repositoryId, environment }), environment, signal);
  if (outcome.kind !== "held") throw new Error(`the lease is held by ${outcome.holder}`);
  const ports = {
    cluster,
    lease: outcome.lease,
    health,
    clock: Date.now,
    newId: () => `${writer}-${Date.now()}`,
    writer,
  };
  const limits = { stabilityMs: 1_000, pollMs: 250, waveDelayMs: 500 };
  const place = { repository, repositoryId, environment, cluster: settings, grant, namespace: test.namespace, limits };
  return applyEngine(ports, place);
}

interface Commit {
  readonly head: string;
  readonly objects: readonly JsonObject[];
}

/** Steps in one process after the other, each when it is due. */
async function deploy(app: string, commit: Commit): Promise<DeployStatus> {
  const engine = await started(app);
  for (;;) {
    const { status, again } = await engine.step({ ...desiredOf(commit), app, environment: app }, signal);
    if (again === undefined) return status;
    await sleep(Math.max(0, again - Date.now()));
  }
}

const live = (apiVersion: string, kind: string, name: string): Promise<LiveObject | undefined> =>
  cluster.get({ apiVersion, kind, namespace: test.namespace, name }, signal);

/** Given up soon: the default is ten minutes. */
function impatient(object: JsonObject): JsonObject {
  const { spec } = object;
  return { ...object, spec: { ...(typeof spec === "object" ? spec : {}), progressDeadlineSeconds: 5 } };
}

describe("a deploy to a real cluster", () => {
  it("rolls out in waves, with hooks, and is live once its Pods are ready", async () => {
    const objects = [
      deployment("second", "nginx:1", wave(2)),
      deployment("first", "nginx:1", wave(1)),
      configMap("settings", { a: "1" }),
      job("migrate", hook("PreSync"), "job:1"),
      job("smoke", hook("PostSync"), "job:1"),
    ];
    const status = await deploy("rollout", { head: "a", objects });
    expect(status).toMatchObject({ state: "live", changed: 3, readiness: { ready: 2, wanted: 2 }, kept: [] });
    const at = async (kind: string, apiVersion: string, name: string) =>
      Date.parse(
        JSON.stringify((await live(apiVersion, kind, name))?.object.metadata).match(
          /"creationTimestamp":"([^"]*)"/,
        )?.[1] ?? "",
      );
    const order = [
      await at("Job", "batch/v1", "migrate"),
      await at("Deployment", "apps/v1", "first"),
      await at("Deployment", "apps/v1", "second"),
      await at("Job", "batch/v1", "smoke"),
    ];
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const again = await deploy("rollout", { head: "b", objects });
    expect(again).toEqual(status);
  });

  it("deletes what Git no longer has, and changes only what differs", async () => {
    await deploy("pruned", {
      head: "a",
      objects: [configMap("pruned-same"), configMap("pruned-old"), configMap("pruned-new", { a: "1" })],
    });
    const before = await live("v1", "ConfigMap", "pruned-same");
    const status = await deploy("pruned", {
      head: "b",
      objects: [configMap("pruned-same"), configMap("pruned-new", { a: "2" })],
    });
    expect(status).toMatchObject({ state: "live", changed: 2 });
    expect(await live("v1", "ConfigMap", "pruned-old")).toBeUndefined();
    expect(await live("v1", "ConfigMap", "pruned-same")).toEqual(before);
    expect((await live("v1", "ConfigMap", "pruned-new"))?.object.data).toEqual({ a: "2" });
  });

  it("has a definition served before its objects, in one commit (19)", async () => {
    const objects = [widget("one"), widgets()];
    const status = await deploy("defined", { head: "a", objects });
    expect(status).toMatchObject({ state: "live", changed: 2 });
    expect(await live("example.com/v1", "Widget", "one")).toBeDefined();
  });

  it("says so, and deletes nothing, when a Pod keeps crashing (29)", async () => {
    if (!test.own) return;
    await deploy("crashing", {
      head: "a",
      objects: [configMap("crashing-old"), impatient(deployment("crashing", "nginx:1"))],
    });
    const status = await deploy("crashing", {
      head: "b",
      objects: [impatient(deployment("crashing", "nginx:fail-crash"))],
    });
    expect(status).toMatchObject({
      state: "failed",
      failure: {
        kind: "health",
        applied: true,
        summary: "pod keeps crashing",
        problems: [{ reason: "CrashLoopBackOff" }, {}],
      },
    });
    expect(await live("v1", "ConfigMap", "crashing-old")).toBeDefined();
  });

  it("fails with a hook that fails, before anything is applied", async () => {
    if (!test.own) return;
    const failing = job("failing", hook("PreSync"), "job:fail-exit");
    const spec = typeof failing.spec === "object" ? failing.spec : {};
    const objects = [{ ...failing, spec: { ...spec, backoffLimit: 0 } }, configMap("not-reached")];
    const status = await deploy("failing", { head: "a", objects });
    const problems = expect.arrayContaining([expect.objectContaining({ reason: "HookFailed" })]);
    expect(status).toMatchObject({ state: "failed", failure: { kind: "hook", problems } });
    expect(await live("v1", "ConfigMap", "not-reached")).toBeUndefined();
  });

  it("writes nothing when the server refuses one object of it", async () => {
    const wrong = { ...configMap("refused-b"), colour: "blue" };
    const status = await deploy("refused", { head: "a", objects: [configMap("refused-a"), wrong] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "invalid", applied: false, problems: [{ object: { name: "refused-b" } }] },
    });
    expect(await live("v1", "ConfigMap", "refused-a")).toBeUndefined();
  });

  it("goes on in another process where one ended (8)", async () => {
    const objects = [job("resumed", hook("PreSync"), "job:1"), deployment("resumed", "nginx:1"), configMap("resumed")];
    const commit = { ...desiredOf({ head: "a", objects }), app: "resumed", environment: "resumed" };
    // Each step is one of a process that ends with it.
    let status: DeployStatus = { state: "waiting", reason: "" };
    for (let due: number | undefined = Date.now(); due !== undefined; ) {
      await sleep(Math.max(0, due - Date.now()));
      const step = await (await started("resumed")).step(commit, signal);
      status = step.status;
      due = step.again;
    }
    expect(status).toMatchObject({ state: "live", changed: 2 });
    const jobs = await cluster.list(
      { apiVersion: "batch/v1", kind: "Job", namespace: test.namespace, fields: "metadata.name=resumed" },
      signal,
    );
    expect(jobs).toHaveLength(1);
  });

  it("goes on where an object was applied in a version of its kind that is no longer served (20)", async () => {
    const group = `${test.namespace}.example.com`;
    const definition = (served: string): JsonObject => {
      const spec = { type: "object", properties: { size: { type: "string" }, old: { type: "string" } } };
      const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
      const version = (name: string) => ({ name, served: name === served, storage: name === served, schema });
      return {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `gadgets.${group}` },
        spec: {
          group,
          scope: "Namespaced",
          names: { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" },
          versions: ["v1alpha1", "v1"].map(version),
        },
      };
    };
    const gadget = (version: string, spec: JsonObject): JsonObject => ({
      apiVersion: `${group}/${version}`,
      kind: "Gadget",
      metadata: { name: "one" },
      spec,
    });
    const before = [definition("v1alpha1"), gadget("v1alpha1", { size: "small", old: "yes" })];
    expect(await deploy("bumped", { head: "a", objects: before })).toMatchObject({ state: "live" });
    const after = [definition("v1"), gadget("v1", { size: "large" })];
    expect(await deploy("bumped", { head: "b", objects: after })).toMatchObject({ state: "live" });
    expect((await live(`${group}/v1`, "Gadget", "one"))?.object.spec).toEqual({ size: "large" });
  });

  it("keeps an object that moves to another group (25)", async () => {
    const common = {
      eventTime: "2026-01-01T00:00:00.000000Z",
      action: "a",
      reason: "a",
      type: "Normal",
      reportingInstance: "a",
    };
    const about = { namespace: test.namespace };
    const event = (apiVersion: string): JsonObject => ({
      apiVersion,
      kind: "Event",
      metadata: { name: "moved" },
      ...common,
      ...(apiVersion === "v1"
        ? { involvedObject: about, message: "a", reportingComponent: "a.b/c" }
        : { regarding: about, note: "a", reportingController: "a.b/c" }),
    });
    const first = await deploy("moved", { head: "a", objects: [event("v1"), configMap("moved")] });
    expect(first).toMatchObject({ state: "live" });
    const uid = (object: LiveObject | undefined) =>
      JSON.stringify(object?.object.metadata).match(/"uid":"([^"]*)"/)?.[1];
    const before = uid(await live("v1", "Event", "moved"));
    const second = await deploy("moved", { head: "b", objects: [event("events.k8s.io/v1"), configMap("moved")] });
    expect([second, uid(await live("v1", "Event", "moved"))]).toMatchObject([{ state: "live" }, before]);
  });
});
