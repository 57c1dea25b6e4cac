import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/json.ts";
import { configMap, deployment, hook, wave } from "../support/apply-world.ts";
import { eventually } from "../support/wait.ts";
import { useDeploys } from "./support/deploys.ts";
import { application, deployed, impatient, jobOnce } from "./support/manifests.ts";
import type { ApiObject } from "./support/objects.ts";
import { type TestRepository, useControllers } from "./support/world.ts";

const world = useControllers();
const engines = useDeploys(world);
const argocd = engines({ engine: "argocd", application: "{app}", prune: false });
const pruning = engines({ engine: "argocd", application: "{app}", prune: true });
const { test } = world;

const automated = { syncPolicy: { automated: {} } };

/** A repository with a first commit, and the Application that deploys it. */
async function deploying(name: string, objects: readonly JsonObject[], spec: object = {}) {
  const shop = await world.createRepository(name);
  const head = await shop.commit(deployed(...objects));
  const app = application(shop, test.namespace, spec);
  await world.apply(app);
  return { shop, head, app };
}

const operationState = z.object({
  phase: z.string(),
  message: z.string().default(""),
  operation: z.object({ info: z.array(z.object({ name: z.string(), value: z.string() })).default([]) }),
  syncResult: z
    .object({ revision: z.string(), resources: z.array(z.looseObject({ status: z.string() })).default([]) })
    .optional(),
});
const statusShape = z.object({
  operation: z.unknown().optional(),
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  status: z.object({
    sync: z.object({ status: z.string(), revision: z.string().default("") }),
    health: z.object({ status: z.string().default("") }),
    operationState: operationState.optional(),
    conditions: z.array(z.object({ type: z.string() })).default([]),
  }),
});

/** What Argo CD itself says. */
async function said(app: ApiObject) {
  const { status, ...more } = await world.read(app, statusShape);
  return {
    ...more,
    sync: status.sync,
    health: status.health.status,
    ran: status.operationState,
    conditions: status.conditions,
  };
}

const anything = z.unknown();

/** An object that is deployed, or may be. */
const configMapNamed = (name: string): ApiObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: test.namespace },
});

const exists = async (object: ApiObject): Promise<boolean> =>
  z.object({ kind: z.literal(object.kind) }).safeParse(await world.read(object, anything)).success;

async function untilHealthIsAwaited(shop: TestRepository): Promise<void> {
  await eventually("health is waited for", async () => {
    const { status } = await argocd.step(shop);
    return status.state === "progressing" && status.steps.at(-1)?.step === "health";
  });
}

/** What the API server refuses. */
function impossible(name: string): JsonObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports: [{ port: 99_999 }] } };
}

/** Starts a sync as a person does. */
const byHand = (app: ApiObject, revision: string) =>
  world.patch(app, { operation: { initiatedBy: { username: "ann" }, info: byAnn, sync: { revision } } });
const byAnn = [{ name: "reason", value: "by hand" }];
const runs = z.object({ status: z.object({ operationState: z.object({ phase: z.literal("Running") }) }) });

describe.concurrent("the engine argocd with a real Argo CD", () => {
  it("starts the sync of an Application that nobody else syncs, with its options, and is live with it", async () => {
    const { shop, head, app } = await deploying("manual", [configMap("manual"), deployment("manual", "nginx:1")], {
      destination: { server: "https://kubernetes.default.svc", namespace: `${test.namespace}-made` },
      syncPolicy: { syncOptions: ["CreateNamespace=true"] },
    });
    const { changed } = await argocd.until("live", shop);
    const { sync, health, ran } = await said(app);
    expect({ sync, health, phase: ran?.phase }).toEqual({
      sync: { status: "Synced", revision: head },
      health: "Healthy",
      phase: "Succeeded",
    });
    // With the namespace.
    expect(changed).toBe(3);
    const { operation } = await argocd.step(shop);
    expect(ran?.operation.info).toContainEqual({ name: "sluice.dev/operation", value: operation.id });
  });

  it("pokes an Application that syncs by itself, and is live at the newest commit", async () => {
    const { shop, app } = await deploying("automated", [configMap("automated", { key: "1" })], automated);
    await argocd.until("live", shop);
    const head = await shop.commit(deployed(configMap("automated", { key: "2" })));
    await argocd.until("live", shop);
    expect(await said(app)).toMatchObject({ sync: { status: "Synced", revision: head }, health: "Healthy" });
    // Nothing more is written once it is live.
    const before = await world.read(app, anything);
    await argocd.step(shop);
    expect(await world.read(app, anything)).toEqual(before);
  });

  it("is one sync though two workers step at once", async () => {
    const { shop, app } = await deploying("together", [configMap("together")]);
    for (;;) {
      const both = await Promise.all([argocd.step(shop), argocd.step(shop)]);
      expect(new Set(both.map(({ operation }) => operation.id)).size).toBe(1);
      if (both.every(({ status }) => status.state === "live")) break;
    }
    const history = z.object({ status: z.object({ history: z.array(anything) }) });
    expect((await world.read(app, history)).status.history).toHaveLength(1);
  });

  it("waits for the sync of a person, which it leaves alone, and then starts its own", async () => {
    const hanging = jobOnce("busy", "job:1", hook("PreSync"), { nodeSelector: { no: "such" } });
    const { shop, app, head: older } = await deploying("busy", [configMap("busy"), hanging]);
    expect(await byHand(app, older)).toBe(200);
    await world.until("it runs", app, runs);
    const head = await shop.commit(deployed(configMap("busy")));
    for (let step = 1; step <= 6; step += 1) expect((await argocd.step(shop)).status.state).toBe("progressing");
    expect((await said(app)).ran).toMatchObject({ phase: "Running", operation: { info: byAnn } });
    expect(await world.patch(app, { status: { operationState: { phase: "Terminating" } } })).toBe(200);
    await argocd.until("live", shop);
    expect(await said(app)).toMatchObject({ sync: { status: "Synced", revision: head }, ran: { phase: "Succeeded" } });
  });

  it("fails when something crashes in a wave before the last", async () => {
    const crashing = impatient("wave", "nginx:fail-crash", wave(0));
    const { shop, app } = await deploying("wave", [crashing, configMap("wave", {}, wave(1))]);
    const { failure } = await argocd.until("failed", shop);
    const { ran, health } = await said(app);
    expect({ phase: ran?.phase, health }).toEqual({ phase: "Failed", health: "Degraded" });
    expect(failure).toMatchObject({ kind: "controller", applied: true });
    expect(failure.problems).toContainEqual(expect.objectContaining({ reason: "CrashLoopBackOff" }));
    expect(await exists(configMapNamed("wave"))).toBe(false);
  });

  it("fails when something crashes in the last wave, though the sync ended well", async () => {
    const { shop, app } = await deploying("crash", [impatient("crash", "nginx:1")]);
    await argocd.until("live", shop);
    await shop.commit(deployed(impatient("crash", "nginx:fail-crash")));
    const { failure } = await argocd.until("failed", shop);
    expect(await said(app)).toMatchObject({ ran: { phase: "Succeeded" }, health: "Degraded" });
    expect(failure).toMatchObject({ kind: "controller", applied: true });
    expect(failure.problems).toContainEqual(expect.objectContaining({ reason: "CrashLoopBackOff" }));
  });

  it("fails with the API server's words when an object is refused, and others were applied", async () => {
    const { shop, app } = await deploying("invalid", [configMap("invalid"), impossible("invalid")]);
    const { failure } = await argocd.until("failed", shop);
    expect((await said(app)).ran).toMatchObject({ phase: "Failed" });
    expect(failure).toMatchObject({
      kind: "controller",
      applied: true,
      problems: [{ object: { kind: "Service", name: "invalid" }, message: expect.stringContaining("99999") }],
    });
    expect(await exists(configMapNamed("invalid"))).toBe(true);
  });

  it("is under way while Argo CD tries a sync again, and fails when it gives up", async () => {
    const { shop, app } = await deploying("retried", [impossible("retried")], {
      syncPolicy: { retry: { limit: 1, backoff: { duration: "2s", maxDuration: "2s" } } },
    });
    const told: string[] = [];
    for (let state = ""; state !== "failed"; ) {
      const { status } = await argocd.step(shop);
      state = status.state;
      if (status.state === "progressing") told.push(...status.steps.map(({ text }) => text));
      expect(["progressing", "failed"]).toContain(state);
    }
    expect(told.join("\n")).toContain("tried again");
    expect((await said(app)).ran).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("retried 1 times"),
    });
  });

  it("fails when a hook fails, though Argo CD says Synced and Healthy", async () => {
    const migration = (image: string) => [configMap("hooked"), jobOnce("hooked", image, hook("PreSync"))];
    const { shop, app } = await deploying("hooked", migration("job:1"));
    await argocd.until("live", shop);
    const head = await shop.commit(deployed(...migration("job:fail-exit")));
    const { failure } = await argocd.until("failed", shop);
    expect(await said(app)).toMatchObject({
      sync: { status: "Synced", revision: head },
      health: "Healthy",
      ran: { phase: "Failed" },
    });
    // What its Pod says comes first.
    const hooked = { object: { kind: "Job", name: "hooked" }, reason: "HookFailed" };
    expect(failure.problems).toMatchObject([{ object: { kind: "Pod" } }, hooked]);
    const again = await argocd.until("failed", shop, { request: { id: "1", at: Date.now() } });
    expect(again.failure.problems).toMatchObject([{ object: { kind: "Pod" } }, hooked]);
    // It ran once more.
    expect(again.failure.problems[0]?.object).not.toEqual(failure.problems[0]?.object);
    await shop.commit(deployed(...migration("job:2")));
    expect((await argocd.until("live", shop)).kept).toEqual([]);
  });

  it("fails when Argo CD cannot render, though it says Healthy and names no commit", async () => {
    const { shop, app } = await deploying("unreadable", [configMap("unreadable")], automated);
    await argocd.until("live", shop);
    await shop.commit({ "deploy/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n" });
    const { failure } = await argocd.until("failed", shop);
    expect(await said(app)).toMatchObject({ sync: { status: "Unknown" }, health: "Healthy" });
    expect(failure).toMatchObject({ kind: "controller", summary: expect.stringContaining("all.yaml") });
    expect(failure.summary).not.toContain("_argocd-repo");
    await shop.commit(deployed(configMap("unreadable")));
    await argocd.until("live", shop);
  });

  it("says what stays where it may not prune, and prunes where it may", async () => {
    const { shop, app } = await deploying("prune", [configMap("prune-old"), configMap("prune")]);
    expect((await argocd.until("live", shop)).kept).toEqual([]);
    await shop.commit(deployed(configMap("prune", { key: "2" })));
    const { kept } = await argocd.until("live", shop);
    expect(kept).toMatchObject([{ object: { kind: "ConfigMap", name: "prune-old" } }]);
    expect(await said(app)).toMatchObject({ sync: { status: "OutOfSync" }, ran: { phase: "Succeeded" } });
    await shop.commit(deployed(configMap("prune", { key: "3" })));
    expect((await pruning.until("live", shop)).kept).toEqual([]);
    expect(await exists(configMapNamed("prune-old"))).toBe(false);
  });

  it("waits while what is deployed is suspended", async () => {
    const { spec, ...paused } = deployment("paused", "nginx:1");
    const { shop, app } = await deploying("paused", [
      { ...paused, spec: { ...(typeof spec === "object" ? spec : {}), paused: true } },
    ]);
    const isWaiting = await argocd.until("waiting", shop);
    expect(isWaiting.reason).toContain("suspended");
    expect(await said(app)).toMatchObject({ sync: { status: "Synced" }, health: "Suspended" });
    await shop.commit(deployed(deployment("paused", "nginx:1")));
    await argocd.until("live", shop);
  });

  it("leaves what never gets ready for a newer commit", async () => {
    const { shop, app } = await deploying("stuck", [deployment("stuck", "nginx:fail-pull")]);
    await untilHealthIsAwaited(shop);
    const head = await shop.commit(deployed(deployment("stuck", "nginx:1")));
    await argocd.until("live", shop);
    expect(await said(app)).toMatchObject({ sync: { revision: head }, health: "Healthy" });
  });

  it("is live when Argo CD has a later commit than the one that Sluice knows", async () => {
    const { shop, head } = await deploying("later", [configMap("later")], automated);
    await shop.commit(deployed(configMap("later", { key: "2" })));
    await argocd.until("live", shop);
    await argocd.until("live", shop, { head });
  });

  it("fails in time when nothing is wrong, and nothing is ready", async () => {
    const { shop } = await deploying("slow", [deployment("slow", "nginx:fail-pull")]);
    await untilHealthIsAwaited(shop);
    const { failure } = await argocd.until("failed", shop, { timeoutMs: 1 });
    expect(failure).toMatchObject({ kind: "timeout", applied: true });
    expect(failure.problems).toContainEqual(expect.objectContaining({ reason: "ImagePullBackOff" }));
  });

  it("only watches where it is told to, and tells what a person starts", async () => {
    const { shop, head, app } = await deploying("watched", [configMap("watched")]);
    await world.until("Argo CD has looked", app, outOfSync);
    const before = await world.read(app, anything);
    expect((await argocd.step(shop, { watchOnly: true })).status).toMatchObject({ state: "waiting" });
    expect(await world.read(app, anything)).toEqual(before);
    expect(await byHand(app, head)).toBe(200);
    await argocd.until("live", shop, { watchOnly: true });
    const { metadata, ran } = await said(app);
    expect(ran?.operation.info).toEqual(byAnn);
    expect(metadata.annotations).toEqual({});
  });

  it("neither pokes nor tells of an Application of another repository, or of a namespace that is not opened", async () => {
    const { shop } = await deploying("others", [configMap("others")]);
    const attacker = await world.createRepository("attacker");
    await attacker.commit(deployed(configMap("others")));
    const app = application({ ...shop, name: "attacker" }, test.namespace);
    await world.apply(app);
    await world.until("Argo CD has looked", app, outOfSync);
    const before = await world.read(app, anything);
    const { failure } = await argocd.until("failed", attacker);
    expect(failure).toMatchObject({ kind: "refused", applied: false });
    expect(JSON.stringify(failure)).not.toContain("others");
    const closed = await argocd.until("failed", shop, { grant: { namespaces: [test.namespace] } });
    expect(closed.failure).toMatchObject({ kind: "refused", applied: false });
    expect(await world.read(app, anything)).toEqual(before);
  });
});

const outOfSync = z.object({ status: z.object({ sync: z.object({ status: z.literal("OutOfSync") }) }) });
