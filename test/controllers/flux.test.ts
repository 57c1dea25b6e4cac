import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/json.ts";
import { readKustomization } from "../../src/reconcile/engines/flux/kustomization.ts";
import { requestedAtAnnotation, requestToken } from "../../src/reconcile/engines/flux/request.ts";
import { configMap, deployment } from "../support/apply-world.ts";
import { eventually } from "../support/wait.ts";
import { useDeploys } from "./support/deploys.ts";
import { deployed, gitRepository, impatient, kustomization } from "./support/manifests.ts";
import type { ApiObject } from "./support/objects.ts";
import { type TestRepository, useControllers } from "./support/world.ts";

const world = useControllers();
const { test } = world;
const deploys = useDeploys(world);
const flux = deploys({ engine: "flux", kind: "Kustomization", object: "{app}" });
const anything = z.custom<JsonObject>((value) => typeof value === "object" && value !== null);

/** A repository with these objects, which Flux follows; it looks by itself only once an hour. */
async function followed(name: string, objects: readonly JsonObject[], spec: object = {}): Promise<TestRepository> {
  const repository = await world.createRepository(name);
  await repository.commit(deployed(...objects));
  await world.apply(gitRepository(repository, test.namespace));
  await world.apply(kustomization(repository, test.namespace, spec));
  return repository;
}

/** What the Kustomization says of itself. */
async function said(repository: TestRepository) {
  return readKustomization(await world.read(kustomization(repository, test.namespace), anything));
}

async function saidReady(repository: TestRepository) {
  return (await said(repository)).conditions.get("Ready");
}

const there = (kind: string, name: string): ApiObject => ({
  apiVersion: kind === "Deployment" ? "apps/v1" : "v1",
  kind,
  metadata: { name, namespace: test.namespace },
});

describe("Flux, as Sluice tells of it", () => {
  it.concurrent("is live once it has applied the commit and everything is healthy, and a newer one is asked for", async () => {
    const shop = await followed("flux-live", [deployment("flux-live", "nginx:1")], { wait: true });
    const { since, readiness } = await flux.until("live", shop);
    expect(await saidReady(shop)).toMatchObject({ status: "True", reason: "ReconciliationSucceeded", since });
    expect(readiness).toEqual({ ready: 1, wanted: 1 });
    const head = await shop.commit(deployed(deployment("flux-live", "nginx:2")));
    expect((await flux.step(shop)).status.state).toBe("progressing");
    await flux.until("live", shop);
    expect(await said(shop)).toMatchObject({ applied: `main@sha1:${head}` });
    // It says the same when Flux looks again, and asks for nothing more.
    const { requestedAt } = await said(shop);
    expect((await flux.step(shop)).status.state).toBe("live");
    expect((await said(shop)).requestedAt).toBe(requestedAt);
  });

  it.concurrent("has failed when the API server refuses an object, and nothing of it was applied", async () => {
    const shop = await followed("flux-invalid", [configMap("flux-invalid-a", { a: "1" })]);
    await flux.until("live", shop);
    const wrong = { ...deployment("flux-invalid", "nginx:1"), spec: { replicas: -1 } };
    await shop.commit(deployed(configMap("flux-invalid-a", { a: "2" }), wrong));
    const { failure } = await flux.until("failed", shop);
    const ready = await saidReady(shop);
    expect(ready).toMatchObject({ status: "False", reason: "ReconciliationFailed" });
    expect(failure).toMatchObject({ kind: "controller", applied: false });
    expect(failure.problems[0]?.object).toMatchObject({ kind: "Deployment", name: "flux-invalid" });
    expect(failure.summary).toContain("Deployment/");
    const left = await world.read(
      there("ConfigMap", "flux-invalid-a"),
      z.object({ data: z.object({ a: z.string() }) }),
    );
    expect(left.data.a).toBe("1");
    await shop.commit(deployed(configMap("flux-invalid-a", { a: "3" })));
    await flux.until("live", shop);
  });

  it.concurrent("has failed when it cannot build, in words without its temporary folder", async () => {
    const shop = await followed("flux-build", [configMap("flux-build", { a: "1" })]);
    await flux.until("live", shop);
    await shop.commit({ "deploy/kustomization.yaml": "resources: [all.yaml, missing.yaml]\n" });
    const { failure } = await flux.until("failed", shop);
    expect(await saidReady(shop)).toMatchObject({ status: "False", reason: "BuildFailed" });
    expect(failure).toMatchObject({ kind: "controller", applied: false });
    expect(failure.summary).toContain("kustomize build failed");
    expect(JSON.stringify(failure)).not.toMatch(/kustomization-\d/);
  });

  it.concurrent("has failed when a commit lacks the folder", async () => {
    const shop = await followed("flux-folder", [configMap("flux-folder", { a: "1" })]);
    await flux.until("live", shop);
    await shop.commit({ "deploy/all.yaml": null });
    const { failure } = await flux.until("failed", shop);
    expect(await saidReady(shop)).toMatchObject({ status: "False", reason: "ArtifactFailed" });
    expect(failure.summary).toBe("kustomization path not found: stat deploy: no such file or directory");
  });

  it.concurrent("has failed when its health check gives up on what has failed for good", async () => {
    const shop = await followed("flux-crash", [impatient("flux-crash", "app:fail-crash")], {
      wait: true,
      timeout: "1m",
    });
    const { failure } = await flux.until("failed", shop);
    expect(await saidReady(shop)).toMatchObject({ reason: expect.stringMatching(/HealthCheckFailed|Progressing/) });
    expect(failure).toMatchObject({ kind: "controller", applied: true });
    expect(failure.problems.map(({ object }) => object.kind)).toContain("Deployment");
    expect(JSON.stringify(failure.problems)).toContain("CrashLoopBackOff");
  });

  it.concurrent("is not healthy without `wait` until Sluice sees that it is: Flux says Ready at once", async () => {
    const shop = await followed("flux-unwatched", [impatient("flux-unwatched", "app:fail-pull")]);
    await eventually("Flux says Ready", async () => (await saidReady(shop))?.status === "True" || undefined);
    expect((await flux.step(shop)).status.state).toMatch(/progressing|failed/);
    const { failure } = await flux.until("failed", shop);
    expect(await saidReady(shop)).toMatchObject({ status: "True" });
    expect(failure).toMatchObject({ kind: "health", summary: expect.stringContaining("image") });
  });

  it.concurrent("is waited for while it is suspended, though it marks what was asked as handled", async () => {
    const shop = await followed("flux-suspended", [configMap("flux-suspended", { a: "1" })]);
    await flux.until("live", shop);
    const object = kustomization(shop, test.namespace);
    await world.patch(object, { spec: { suspend: true } });
    await shop.commit(deployed(configMap("flux-suspended", { a: "2" })));
    const token = new Date().toISOString();
    await world.patch(object, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": token } } });
    await eventually("Flux has handled it", async () => (await said(shop)).handledAt === token || undefined);
    const { status, again } = await flux.step(shop);
    expect(status).toEqual({ state: "waiting", reason: `Kustomization ${test.namespace}/flux-suspended is suspended` });
    expect(again).toBeGreaterThan(Date.now() + 30_000);
    expect(await saidReady(shop)).toMatchObject({ status: "True" });
    await world.patch(object, { spec: { suspend: false } });
    await flux.until("live", shop);
  });

  it.concurrent("takes a newer commit though it waits for the health of one", async () => {
    const shop = await followed("flux-newer", [deployment("flux-newer", "app:fail-crash")], {
      wait: true,
      timeout: "30s",
    });
    await eventually("the health check runs", async () => {
      const { status } = await flux.step(shop);
      return (status.state === "progressing" && status.steps.at(-1)?.step === "health") || undefined;
    });
    const head = await shop.commit(deployed(deployment("flux-newer", "nginx:2")));
    expect((await flux.step(shop)).operation.head).toBe(head);
    await flux.until("live", shop);
    expect(await said(shop)).toMatchObject({ applied: `main@sha1:${head}` });
  });

  it.concurrent("fails with the words of Flux when its time is over, and Flux may try again until then", async () => {
    const objects = [deployment("flux-slow", "app:fail-crash")];
    const shop = await followed("flux-slow", objects, { wait: true, timeout: "30s" });
    await eventually("the health check has failed", async () => {
      const { status } = await flux.step(shop);
      if (status.state === "failed") throw new Error(JSON.stringify(status));
      return (await saidReady(shop))?.reason === "HealthCheckFailed" || undefined;
    });
    const { status } = await flux.step(shop);
    expect(status).toMatchObject({ state: "progressing", steps: [{}, {}, { step: "health", state: "current" }] });
    const { failure } = await flux.until("failed", shop, { timeoutMs: 1 });
    expect(failure).toMatchObject({ kind: "controller", applied: true });
    expect(failure.problems.map(({ object }) => object)).toContainEqual(
      expect.objectContaining({ apiVersion: "apps/v1", kind: "Deployment", name: "flux-slow" }),
    );
  });

  it.concurrent("is not live when what was asked is handled, and an older commit was", async () => {
    const shop = await followed("flux-token", [configMap("flux-token", { a: "1" })]);
    await flux.until("live", shop);
    const head = await shop.commit(deployed(configMap("flux-token", { a: "2" })));
    const token = requestToken(head, Date.now());
    const annotations = { [requestedAtAnnotation]: token };
    await world.patch(kustomization(shop, test.namespace), { metadata: { annotations } });
    await eventually("Flux has handled it", async () => (await said(shop)).handledAt === token || undefined);
    expect(await saidReady(shop)).toMatchObject({ status: "True" });
    expect((await flux.step(shop)).status.state).toBe("progressing");
    await flux.until("live", shop);
  });

  it.concurrent("deletes what Git no longer has before it is live", async () => {
    const shop = await followed("flux-prune", [configMap("flux-prune-a"), configMap("flux-prune-b")]);
    await flux.until("live", shop);
    await shop.commit(deployed(configMap("flux-prune-a")));
    await flux.until("live", shop);
    await world.until("it is gone", there("ConfigMap", "flux-prune-b"), z.object({ code: z.literal(404) }));
  });

  it.concurrent("is not live while its source fails, though the Kustomization stays Ready", async () => {
    const shop = await followed("flux-source", [configMap("flux-source", { a: "1" })]);
    await flux.until("live", shop);
    const source = gitRepository(shop, test.namespace);
    await world.patch(source, { spec: { url: shop.url.replace(/\.git$/, ""), ref: { branch: "gone" } } });
    await shop.commit(deployed(configMap("flux-source", { a: "2" })));
    await eventually("Flux cannot fetch", async () => {
      const { status } = await flux.step(shop);
      return (
        (status.state === "progressing" &&
          /couldn't find remote ref|tries again/.test(status.steps.at(-1)?.text ?? "")) ||
        undefined
      );
    });
    expect(await saidReady(shop)).toMatchObject({ status: "True" });
    await world.patch(source, { spec: { ref: { branch: "main" } } });
    await flux.until("live", shop);
  });

  it.concurrent("is tried again when a person asks, and only then", async () => {
    const shop = await followed("flux-again", [configMap("flux-again", { a: "1" })]);
    await flux.until("live", shop);
    const before = (await said(shop)).requestedAt;
    const request = { id: "7/1", at: Date.now() };
    expect((await flux.step(shop, { request })).status.state).toBe("progressing");
    await flux.until("live", shop, { request });
    const { requestedAt, handledAt } = await said(shop);
    expect(requestedAt).not.toBe(before);
    expect(handledAt).toBe(requestedAt);
  });

  it.concurrent("is only watched where Sluice is to watch", async () => {
    const shop = await followed("flux-watched", [configMap("flux-watched", { a: "1" })]);
    await flux.until("live", shop, { watchOnly: true });
    const head = await shop.commit(deployed(configMap("flux-watched", { a: "2" })));
    expect((await flux.step(shop, { watchOnly: true })).status.state).toBe("waiting");
    const token = new Date().toISOString();
    const annotations = { "reconcile.fluxcd.io/requestedAt": token };
    await world.patch(gitRepository(shop, test.namespace), { metadata: { annotations } });
    await flux.until("live", shop, { watchOnly: true });
    expect(await said(shop)).toMatchObject({ applied: `main@sha1:${head}`, requestedAt: "" });
  });

  it.concurrent("is refused another repository's Kustomization", async () => {
    const [ours, theirs] = [await world.createRepository("flux-ours"), await world.createRepository("flux-theirs")];
    await ours.commit(deployed(configMap("flux-ours")));
    await world.apply(gitRepository(theirs, test.namespace));
    await world.apply(kustomization(theirs, test.namespace));
    const other = deploys({ engine: "flux", kind: "Kustomization", object: "flux-theirs" });
    const { failure } = await other.until("failed", ours);
    expect(failure).toMatchObject({ kind: "refused", applied: false });
    expect((await said(theirs)).requestedAt).toBe("");
  });
});
