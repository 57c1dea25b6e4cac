import { describe, expect, it } from "vitest";
import { defaultApplyLimits } from "../../../../src/reconcile/engines/apply/ports.ts";
import { ApplyWorld, configMap, deployment, hook, job, wave, widget, widgets } from "../../../support/apply-world.ts";

describe("a deploy", () => {
  it("brings everything to the cluster, and is live once it has been healthy for a while (30)", async () => {
    const world = new ApplyWorld();
    const commit = { head: "a", objects: [deployment("web"), configMap("settings", { a: "1" })] };
    const first = await world.step(commit);
    expect(first.status).toMatchObject({ state: "progressing", readiness: { ready: 1, wanted: 1 } });
    expect(first.again).toBe(world.now + 5_000);
    world.now += 5_000;
    const { status, again } = await world.step(commit);
    expect(status).toEqual({
      state: "live",
      since: world.now,
      changed: 2,
      kept: [],
      readiness: { ready: 1, wanted: 1 },
    });
    expect(again).toBeUndefined();
    expect(world.writes).toEqual(["apply ConfigMap/settings", "apply Deployment/web"]);
    expect(await world.members()).toEqual(["ConfigMap/settings", "Deployment/web"]);
  });

  it("that is live costs one call, and writes nothing", async () => {
    const world = new ApplyWorld();
    const commit = { head: "a", objects: [deployment("web"), configMap("settings")] };
    await world.deploy(commit);
    const before = world.cluster.calls.length;
    expect(await world.step(commit)).toMatchObject({ status: { state: "live" }, operation: { head: "a" } });
    expect(world.cluster.calls.slice(before).map(({ verb, writes }) => [verb, writes])).toEqual([["get", false]]);
  });

  it("takes one dry run for each object, and applies what differs", async () => {
    const world = new ApplyWorld();
    const others = Array.from({ length: 20 }, (_, at) => configMap(`same-${at}`));
    await world.deploy({ head: "a", objects: [...others, configMap("one", { a: "1" })] });
    const before = world.cluster.calls.length;
    await world.deploy({ head: "b", objects: [...others, configMap("one", { a: "2" })] });
    const calls = world.cluster.calls.slice(before);
    expect(calls.filter(({ dryRun }) => dryRun)).toHaveLength(21);
    expect(calls.filter(({ writes, namespace }) => writes && namespace === "shop")).toHaveLength(1);
    // The record, how the kind is served, a list of what there is; then the record is written before and after.
    expect(calls.filter(({ dryRun, namespace }) => !dryRun && namespace !== "shop")).toHaveLength(4);
  });

  it("goes wave by wave: none begins before the one before it is healthy", async () => {
    const world = new ApplyWorld();
    const objects = [deployment("second", "app:1", wave(2)), deployment("first", "app:slow", wave(1))];
    const { status } = await world.step({ head: "a", objects });
    expect(status.state).toBe("progressing");
    expect(world.writes).toEqual(["apply Deployment/first"]);
    world.cluster.status(
      { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "first" },
      { health: "healthy" },
    );
    expect(await world.deploy({ head: "a", objects })).toMatchObject({ state: "live" });
    expect(world.writes).toEqual(["apply Deployment/first", "apply Deployment/second"]);
  });

  it("has a definition served before its objects come, in one commit (19)", async () => {
    const world = new ApplyWorld();
    const status = await world.deploy({ head: "a", objects: [widget("one"), widgets()] });
    expect(status).toMatchObject({ state: "live", changed: 2 });
    expect(world.writes).toEqual(["apply CustomResourceDefinition/widgets.example.com", "apply Widget/one"]);
  });

  it("applies objects in a version that their definition only gets in the same commit", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [widget("one"), widgets()] });
    const objects = [widget("one", {}, "v2"), widgets({}, "v2")];
    expect(await world.deploy({ head: "b", objects })).toMatchObject({ state: "live", changed: 2 });
  });

  it("makes a namespace before what is in it", async () => {
    const world = new ApplyWorld();
    const inside = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "fresh" } };
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "fresh" } };
    expect(await world.deploy({ head: "a", objects: [inside, namespace] })).toMatchObject({ state: "live" });
    expect(world.writes).toEqual(["apply Namespace/fresh", "apply ConfigMap/a"]);
  });

  it("runs hooks before, with and after its objects, each once", async () => {
    const world = new ApplyWorld();
    const objects = [
      job("smoke", hook("PostSync")),
      deployment("web"),
      job("seed", hook("Sync")),
      job("migrate", hook("PreSync")),
    ];
    expect(await world.deploy({ head: "a", objects })).toMatchObject({ state: "live", changed: 1 });
    expect(world.writes.filter((write) => !write.startsWith("patch"))).toEqual([
      "create Job/migrate",
      "apply Deployment/web",
      "create Job/seed",
      "create Job/smoke",
    ]);
    expect(await world.members()).toEqual(["Deployment/web"]);
    expect(world.has("Job", "migrate", "batch/v1")).toBe(true);
  });

  it("runs its hooks again with the next commit, in place of those before", async () => {
    const world = new ApplyWorld();
    const objects = (data: string) => [configMap("a", { data }), job("migrate", hook("PreSync"))];
    await world.deploy({ head: "a", objects: objects("1") });
    await world.deploy({ head: "b", objects: objects("2") });
    expect(world.writes.filter((write) => write.endsWith("migrate"))).toEqual([
      "create Job/migrate",
      "patch Job/migrate",
      "delete Job/migrate",
      "create Job/migrate",
      "patch Job/migrate",
    ]);
  });

  it("deletes hooks when it ends, as their policies say", async () => {
    const world = new ApplyWorld();
    const deletion = (policy: string) => ({ "argocd.argoproj.io/hook-delete-policy": policy });
    const objects = [
      configMap("a"),
      job("gone", hook("PreSync", deletion("HookSucceeded"))),
      job("kept", hook("PreSync", deletion("HookFailed"))),
    ];
    await world.deploy({ head: "a", objects });
    expect(["gone", "kept"].map((name) => world.has("Job", name, "batch/v1"))).toEqual([false, true]);
  });
});

describe("a deploy that fails", () => {
  it("because a hook failed says so, applies nothing after it, and runs what runs on failure", async () => {
    const world = new ApplyWorld();
    const objects = [job("migrate", hook("PreSync"), "job:fail"), configMap("a"), job("alarm", hook("SyncFail"))];
    const status = await world.deploy({ head: "a", objects });
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "hook", applied: true, problems: [{ object: { name: "migrate" }, reason: "HookFailed" }] },
    });
    expect(world.has("ConfigMap", "a")).toBe(false);
    expect(world.writes.filter((write) => write.startsWith("create"))).toEqual([
      "create Job/migrate",
      "create Job/alarm",
    ]);
  });

  it("because a workload failed waits until that lasts, and deletes nothing", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [deployment("web"), configMap("old")] });
    const status = await world.deploy({ head: "b", objects: [deployment("web", "app:fail")] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "health", summary: "Deployment web in shop: the rollout has failed" },
    });
    expect(world.has("ConfigMap", "old")).toBe(true);
    expect(await world.members()).toEqual(["ConfigMap/old", "Deployment/web"]);
  });

  it.each([
    ["a Pod that keeps crashing", { waiting: { reason: "CrashLoopBackOff" } }, defaultApplyLimits.stabilityMs],
    ["a Pod that takes its time", { running: {} }, defaultApplyLimits.waveMs],
  ])("because %s holds up a StatefulSet, which never says so itself", async (_, state, after) => {
    const world = new ApplyWorld();
    world.cluster.play("StatefulSet", () => ({ health: "progressing" }));
    const spec = { containers: [{ name: "app", image: "app:1" }] };
    const metadata = { name: "db-0", namespace: "shop", labels: { app: "db" } };
    world.cluster.put({ apiVersion: "v1", kind: "Pod", metadata, spec });
    const pod = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "db-0" };
    world.cluster.status(pod, { containerStatuses: [{ name: "app", ready: false, restartCount: 3, state }] });
    const begun = world.now;
    const objects = [{ ...deployment("db"), kind: "StatefulSet" }];
    expect(await world.deploy({ head: "a", objects })).toMatchObject({ state: "failed" });
    expect(world.now - begun).toBeGreaterThanOrEqual(after);
    expect(world.now - begun).toBeLessThan(after + 60_000);
  });

  it("says what its Pods say, with their last lines and events, and no secret", async () => {
    const world = new ApplyWorld();
    const state = { waiting: { reason: "CrashLoopBackOff" } };
    const crashing = { name: "app", state, restartCount: 3, lastState: { terminated: { exitCode: 1 } } };
    const pod = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web-1" };
    const labels = { app: "web" };
    const spec = { containers: [{ name: "app", image: "app:fail" }] };
    world.cluster.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "web-1", namespace: "shop", labels }, spec });
    world.cluster.status(pod, { containerStatuses: [crashing] });
    world.cluster.logs.set("shop/web-1/previous", "starting\npassword=hunter2 is wrong\n");
    const status = await world.deploy({ head: "a", objects: [deployment("web", "app:fail")] });
    expect(status).toMatchObject({
      failure: {
        summary: "pod keeps crashing",
        problems: [
          { object: pod, reason: "CrashLoopBackOff", lastLines: ["starting", "password=‹withheld› is wrong"] },
          { object: { kind: "Deployment" }, reason: "Degraded" },
        ],
      },
    });
    expect(JSON.stringify([status, await world.document()])).not.toContain("hunter2");
  });

  it("is not tried again by itself; it is when a person asks, or Git changes", async () => {
    const world = new ApplyWorld();
    const objects = [deployment("web", "app:fail")];
    await world.deploy({ head: "a", objects });
    const before = world.writes.length;
    expect(await world.deploy({ head: "a", objects })).toMatchObject({ state: "failed" });
    expect(world.writes).toHaveLength(before);
    world.cluster.status(
      { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
      { health: "healthy" },
    );
    const request = { id: "retry-1" };
    expect(await world.deploy({ head: "a", objects, request })).toMatchObject({ state: "live", changed: 0 });
    expect(await world.deploy({ head: "b", objects: [deployment("web")] })).toMatchObject({ state: "live" });
  });

  it("in time, when nothing becomes of it", async () => {
    const world = new ApplyWorld();
    const status = await world.deploy({ head: "a", objects: [deployment("web", "app:slow")] });
    expect(status).toMatchObject({
      state: "failed",
      failure: { kind: "timeout", problems: [{ reason: "Progressing" }] },
    });
    expect(world.now - Date.UTC(2026, 0, 1)).toBeLessThanOrEqual(11 * 60_000);
  });
});
