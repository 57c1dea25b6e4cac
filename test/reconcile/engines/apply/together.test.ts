import { describe, expect, it } from "vitest";
import { Fault } from "../../../../src/model/errors.ts";
import type { JsonObject } from "../../../../src/model/json.ts";
import { ApplyWorld, configMap, deployment, desiredOf, hook, job, wave } from "../../../support/apply-world.ts";

const signal = new AbortController().signal;
const web = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };

describe("a newer commit", () => {
  it("takes the place of one that waits; only the newest is deployed to its end (14)", async () => {
    const world = new ApplyWorld();
    const commit = (head: string) => ({
      head,
      objects: [deployment("web", `app:slow-${head}`, wave(1)), configMap("last", { head }, wave(2))],
    });
    expect((await world.step(commit("a"))).status.state).toBe("progressing");
    expect(await world.step(commit("b"))).toMatchObject({
      status: { state: "superseded", by: "b" },
      operation: { head: "a" },
      again: world.now,
    });
    expect((await world.step(commit("b"))).status.state).toBe("progressing");
    await world.step(commit("c"));
    world.cluster.play("Deployment", () => ({ health: "healthy" }));
    expect(await world.deploy(commit("c"))).toMatchObject({ state: "live" });
    expect(world.cluster.object({ ...web, apiVersion: "v1", kind: "ConfigMap", name: "last" })?.data).toEqual({
      head: "c",
    });
    expect(await world.document()).toMatchObject({ operation: { head: "c" } });
  });

  it("waits for a hook that runs: to stop it half way may be worse", async () => {
    const world = new ApplyWorld();
    const commit = (head: string) => ({
      head,
      objects: [job("migrate", hook("PreSync"), `job:slow-${head}`), configMap("a", { head })],
    });
    await world.step(commit("a"));
    expect(await world.step(commit("b"))).toMatchObject({ operation: { head: "a" }, status: { state: "progressing" } });
    world.cluster.status(
      { apiVersion: "batch/v1", kind: "Job", namespace: "shop", name: "migrate" },
      {
        conditions: [{ type: "Complete", status: "True" }],
      },
    );
    expect((await world.step(commit("b"))).status).toEqual({ state: "superseded", by: "b" });
    expect(world.has("ConfigMap", "a")).toBe(false);
  });

  it("that changes nothing of the target neither disturbs nor deploys it", async () => {
    const world = new ApplyWorld();
    const objects = [deployment("web")];
    await world.step({ head: "a", objects });
    const status = await world.deploy({ head: "b", objects });
    expect(status.state).toBe("live");
    const before = world.cluster.calls.length;
    expect(await world.step({ head: "c", objects })).toMatchObject({
      operation: { head: "a" },
      status: { state: "live" },
    });
    expect(world.cluster.calls).toHaveLength(before + 1);
  });
});

describe("two workers at one target (10)", () => {
  it("run each hook once and end the same, though both believe to be alone", async () => {
    const world = new ApplyWorld();
    const commit = {
      head: "a",
      objects: [job("migrate", hook("PreSync")), deployment("web"), configMap("a"), job("smoke", hook("PostSync"))],
    };
    const engines = [world.engine(), world.engine()];
    for (let round = 1; round <= 40; round += 1) {
      const steps = engines.map((engine) => engine.step(desiredOf(commit), signal));
      for (const step of await Promise.allSettled(steps))
        if (step.status === "rejected") expect(step.reason).toBeInstanceOf(Fault);
      world.now += 1_000;
    }
    expect(await world.end()).toMatchObject({ state: "live", jobs: { migrate: 1, smoke: 1 } });
    expect(await world.members()).toEqual(["ConfigMap/a", "Deployment/web"]);
  });

  it("stops whoever has lost the lease before it writes anything (9)", async () => {
    const world = new ApplyWorld();
    world.leased = false;
    await expect(world.step({ head: "a", objects: [configMap("a")] })).rejects.toThrow("the lease");
    expect(world.cluster.calls.filter(({ writes }) => writes)).toEqual([]);
  });

  it("stops it between waves as well", async () => {
    const world = new ApplyWorld();
    world.cluster.trouble = ({ verb, name }) => {
      if (verb === "apply" && name === "web") world.leased = false;
      return undefined;
    };
    const objects = [deployment("web", "app:1", wave(1)), configMap("later", {}, wave(2))];
    await expect(world.deploy({ head: "a", objects })).rejects.toThrow("the lease");
    expect(world.has("ConfigMap", "later")).toBe(false);
  });
});

describe("an API server with troubles (15)", () => {
  /** Numbers that look drawn, and are the same in each run. */
  function drawn(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
  }

  it.each([1, 2, 3, 4, 5])(
    "leads to the same end when a tenth of the calls fail, carried out or not (seed %i)",
    async (seed) => {
      const objects = [
        job("migrate", hook("PreSync")),
        deployment("web", "app:1", wave(1)),
        deployment("worker", "app:1", wave(2)),
        ...Array.from({ length: 10 }, (_, at) => configMap(`c${at}`)),
        job("smoke", hook("PostSync")),
      ];
      const quiet = new ApplyWorld();
      await quiet.deploy({ head: "a", objects });
      const world = new ApplyWorld();
      const next = drawn(seed);
      const errors = [
        new Fault("throttled", "429", { retryAfterMs: 1 }),
        new Fault("unavailable", "500"),
        new Fault("unavailable", "connection reset"),
        new Fault("timeout", "no answer"),
      ];
      world.cluster.trouble = () => {
        if (next() >= 0.1) return undefined;
        const error = errors[Math.floor(next() * errors.length)] ?? new Fault("unavailable", "500");
        return { when: next() < 0.5 ? "before" : "after", error };
      };
      await world.deployThrough({ head: "a", objects }, () => undefined);
      world.cluster.trouble = undefined;
      expect(await world.end()).toEqual(await quiet.end());
    },
  );
});

describe("fields of others", () => {
  const scaled = (replicas: number): JsonObject => {
    const { spec, ...rest } = deployment("web");
    return { ...rest, spec: { ...(typeof spec === "object" ? spec : {}), replicas } };
  };
  const scaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web" },
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 9 },
  };

  it("are not fought over with an autoscaler (22)", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [scaled(2), scaler] });
    const live = world.cluster.object(web) ?? {};
    world.cluster.put(
      { ...live, spec: { ...(typeof live.spec === "object" ? live.spec : {}), replicas: 7 } },
      "kube-controller-manager",
    );
    const commit = { head: "b", objects: [scaled(2), scaler, configMap("a")] };
    expect(await world.deploy(commit)).toMatchObject({ state: "live", changed: 1 });
    expect(world.cluster.object(web)).toMatchObject({ spec: { replicas: 7 } });
  });

  it("that kubectl set and Git does not have go away when the object is first applied (21)", async () => {
    const world = new ApplyWorld();
    const metadata = { name: "a", namespace: "shop" };
    world.cluster.put(
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1", old: "2" } },
      "kubectl-client-side-apply",
    );
    expect(await world.deploy({ head: "a", objects: [configMap("a", { a: "1" })] })).toMatchObject({ state: "live" });
    expect(world.cluster.object({ ...web, apiVersion: "v1", kind: "ConfigMap", name: "a" })?.data).toEqual({ a: "1" });
  });

  it("that somebody changed by hand are set back when a person asks, without any hook", async () => {
    const world = new ApplyWorld();
    const objects = [scaled(2), job("migrate", hook("PreSync"))];
    await world.deploy({ head: "a", objects });
    const live = world.cluster.object(web) ?? {};
    world.cluster.put({ ...live, spec: { ...(typeof live.spec === "object" ? live.spec : {}), replicas: 5 } });
    const status = await world.deploy({ head: "a", objects, request: { id: "reconcile-1" } });
    expect(status).toMatchObject({ state: "live", changed: 1 });
    expect(world.cluster.object(web)).toMatchObject({ spec: { replicas: 2 } });
    expect(world.jobs.get("migrate")?.size).toBe(1);
  });
});
