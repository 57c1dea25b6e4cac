import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../../src/model/json.ts";
import { ApplyWorld, configMap, deployment, hook, job, refusal, widgets } from "../../../support/apply-world.ts";
import type { ClusterCall } from "../../../support/fake-cluster.ts";

const service = (clusterIP: string, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", annotations },
  spec: { clusterIP, ports: [{ port: 80 }] },
});

function refuse(
  world: ApplyWorld,
  matches: (call: ClusterCall) => boolean,
  message = "admission webhook denied it",
): void {
  world.cluster.trouble = (call) => (matches(call) ? { when: "before", error: refusal("input", message) } : undefined);
}

describe("a deploy of which one object is refused", () => {
  it("writes nothing at all when that shows in the dry run", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("a"), configMap("old")] });
    const before = world.writes.length;
    refuse(world, ({ dryRun, name }) => dryRun && name === "b");
    const status = await world.deploy({
      head: "b",
      objects: [configMap("a", { x: "1" }), configMap("b"), job("m", hook("PreSync"))],
    });
    expect(status).toMatchObject({
      state: "failed",
      steps: [{ step: "compare", state: "failed" }],
      failure: {
        kind: "invalid",
        applied: false,
        summary: "ConfigMap b in shop: admission webhook denied it",
        problems: [{ object: { kind: "ConfigMap", name: "b" }, reason: "Invalid", fix: "Correct it." }],
      },
    });
    expect(world.writes).toHaveLength(before);
    expect(await world.members()).toEqual(["ConfigMap/a", "ConfigMap/old"]);
  });

  it("says everything that is wrong at once", async () => {
    const world = new ApplyWorld();
    refuse(world, ({ dryRun }) => dryRun);
    const status = await world.deploy({ head: "a", objects: [configMap("a"), configMap("b"), deployment("c")] });
    expect(status).toMatchObject({
      failure: { summary: "ConfigMap a in shop and 2 more: admission webhook denied it" },
    });
  });

  it("deletes nothing when it is refused later, and has all in its inventory that was made (16)", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old")] });
    refuse(world, ({ dryRun, verb, kind }) => !dryRun && verb === "apply" && kind === "Deployment");
    const objects = [configMap("a"), deployment("web"), configMap("b")];
    const status = await world.deploy({ head: "b", objects });
    expect(status).toMatchObject({ state: "failed", failure: { kind: "invalid", applied: true } });
    expect([world.has("ConfigMap", "a"), world.has("ConfigMap", "old")]).toEqual([true, true]);
    expect(await world.members()).toEqual(["ConfigMap/a", "ConfigMap/b", "ConfigMap/old", "Deployment/web"]);
    world.cluster.trouble = undefined;
    expect(await world.deploy({ head: "c", objects: [configMap("a")] })).toMatchObject({ state: "live" });
    expect([world.has("ConfigMap", "b"), world.has("ConfigMap", "old")]).toEqual([false, false]);
  });

  it("asks for rights where they are missing", async () => {
    const world = new ApplyWorld();
    world.cluster.trouble = ({ dryRun }) =>
      dryRun
        ? { when: "before", error: refusal("permission", "Cluster c refused to apply ConfigMap a (403): no") }
        : undefined;
    const status = await world.deploy({ head: "a", objects: [configMap("a")] });
    expect(status).toMatchObject({ failure: { kind: "refused", problems: [{ reason: "Forbidden", message: "no" }] } });
  });

  it("is not even compared when the operator does not give it", async () => {
    const world = new ApplyWorld();
    const before = world.cluster.calls.length;
    const rules = {
      refusals: ([first]: readonly { reference: { name: string } }[]) => [
        {
          object: { apiVersion: "v1", kind: "ConfigMap", name: first?.reference.name ?? "" },
          reason: "NotAllowed",
          message: "no",
        },
      ],
    };
    const status = await world.deploy({ head: "a", objects: [configMap("a")] }, rules);
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "refused", problems: [{ reason: "NotAllowed" }] },
    });
    expect(world.cluster.calls.slice(before).filter(({ dryRun }) => dryRun)).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it("never shows what a Secret holds", async () => {
    const world = new ApplyWorld();
    refuse(world, ({ dryRun }) => dryRun, 'Secret in version "v1" cannot be handled: data: aHVudGVyMmh1bnRlcjI=');
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { password: "hunter2" } };
    const status = await world.deploy({ head: "a", objects: [secret] });
    expect(JSON.stringify([status, await world.document()])).not.toMatch(/hunter2|aHVudGVy/);
  });
});

describe("an object whose change its kind forbids (23)", () => {
  it("stays as it is, and its manifest is told how to have it replaced", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [service("10.0.0.1")] });
    const status = await world.deploy({ head: "b", objects: [service("10.0.0.2")] });
    expect(status).toMatchObject({ state: "failed", failure: { applied: false, problems: [{ reason: "Immutable" }] } });
    expect(JSON.stringify(status)).toContain("sluice.dev/replace: allowed");
  });

  it.each([
    { "sluice.dev/replace": "allowed" },
    { "argocd.argoproj.io/sync-options": "Force=true" },
    { "kustomize.toolkit.fluxcd.io/force": "enabled" },
  ])("is deleted and made again with %o", async (annotations) => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [service("10.0.0.1")] });
    expect(await world.deploy({ head: "b", objects: [service("10.0.0.2", annotations)] })).toMatchObject({
      state: "live",
    });
    expect(specOf(world)).toMatchObject({ clusterIP: "10.0.0.2" });
    expect(world.writes).toEqual(["apply Service/web", "delete Service/web", "apply Service/web"]);
  });

  it("is not deleted for any other reason: another refusal would meet the new one too", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [service("10.0.0.1")] });
    refuse(world, ({ dryRun }) => dryRun, "spec.ports: Invalid value");
    const objects = [service("10.0.0.1", { "sluice.dev/replace": "allowed" })];
    expect(await world.deploy({ head: "b", objects })).toMatchObject({ state: "failed" });
    expect(world.writes).toEqual(["apply Service/web"]);
  });
});

function specOf(world: ApplyWorld): JsonObject {
  const found = world.cluster.object({ apiVersion: "v1", kind: "Service", namespace: "shop", name: "web" });
  return isJsonObject(found?.spec) ? found.spec : {};
}

describe("an object of another set (27)", () => {
  it("is left alone, and the deploy says so", async () => {
    const world = new ApplyWorld();
    const labels = { "applyset.kubernetes.io/part-of": "applyset-other" };
    world.cluster.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop", labels } });
    const status = await world.deploy({ head: "a", objects: [configMap("a")] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { applied: false, problems: [{ reason: "OwnedByAnother" }] },
    });
    expect(world.writes).toEqual([]);
  });
});

describe("a hook", () => {
  it("does not take the place of something that is none", async () => {
    const world = new ApplyWorld();
    const { metadata, ...rest } = job("migrate");
    world.cluster.put({ ...rest, metadata: { name: "migrate", namespace: "shop" } });
    expect(isJsonObject(metadata)).toBe(true);
    const status = await world.deploy({ head: "a", objects: [job("migrate", hook("PreSync"))] });
    expect(status).toMatchObject({ state: "failed", failure: { kind: "hook", problems: [{ reason: "Exists" }] } });
    expect(world.writes).toEqual([]);
  });

  it("that nobody ends is given up after its own deadline, and deleted", async () => {
    const world = new ApplyWorld();
    const slow = job("migrate", hook("PreSync"), "job:slow");
    const spec = isJsonObject(slow.spec) ? slow.spec : {};
    const started = world.now;
    const status = await world.deploy({
      head: "a",
      objects: [{ ...slow, spec: { ...spec, activeDeadlineSeconds: 60 } }],
    });
    expect(status).toMatchObject({ failure: { kind: "hook", summary: "Job migrate in shop: it did not end in time" } });
    expect(world.now - started).toBeLessThan(120_000);
    expect(world.has("Job", "migrate", "batch/v1")).toBe(false);
  });

  it("that somebody deletes while it runs has failed, and is not run twice", async () => {
    const world = new ApplyWorld();
    const commit = { head: "a", objects: [job("migrate", hook("PreSync"), "job:slow")] };
    await world.step(commit);
    world.cluster.remove({ apiVersion: "batch/v1", kind: "Job", namespace: "shop", name: "migrate" });
    const status = await world.deploy(commit);
    expect(status).toMatchObject({ failure: { summary: "Job migrate in shop: it was deleted before it ended" } });
    expect(world.jobs.get("migrate")?.size).toBe(1);
  });

  it("with a generated name is made under one name, in each step of the operation", async () => {
    const world = new ApplyWorld();
    const { metadata, ...rest } = job("x", {}, "job:slow");
    expect(metadata).toBeDefined();
    const generated = { ...rest, metadata: { generateName: "migrate-", annotations: hook("PreSync") } };
    const commit = { head: "0123456789", objects: [generated] };
    await world.step(commit);
    await world.step(commit);
    expect([...world.jobs.keys()]).toEqual([`migrate-0123456-presync-${Date.UTC(2026, 0, 1) / 1000}`]);
  });
});

describe("a definition", () => {
  it("whose names are taken fails the deploy, and its objects are not tried", async () => {
    const world = new ApplyWorld();
    world.cluster.play("CustomResourceDefinition", () => ({
      conditions: [{ type: "NamesAccepted", status: "False", reason: "Conflict", message: "names are taken" }],
    }));
    const status = await world.deploy({ head: "a", objects: [widgets()] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { problems: [{ message: "Conflict: names are taken" }] },
    });
  });

  it("that is never served fails it after a minute", async () => {
    const world = new ApplyWorld();
    world.cluster.play("CustomResourceDefinition", () => ({ conditions: [] }));
    const started = world.now;
    const status = await world.deploy({ head: "a", objects: [widgets()] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "timeout", problems: [{ reason: "NotEstablished" }] },
    });
    expect(world.now - started).toBe(60_000);
  });
});
