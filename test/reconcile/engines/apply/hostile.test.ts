import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/model/json.ts";
import { ApplyWorld, configMap, deployment, hook, job } from "../../../support/apply-world.ts";

const evil = `password=hunter2 ${"x".repeat(2_000_000)}`;

/** What is told and kept of a failure. */
async function told(world: ApplyWorld, status: unknown): Promise<string> {
  return JSON.stringify([status, await world.document()]);
}

describe("what a cluster's objects say of themselves", () => {
  it("is shortened and masked, and keeps no operation from its end", async () => {
    const world = new ApplyWorld();
    world.health = evil;
    const status = await world.deploy({ head: "a", objects: [deployment("web", "app:fail")] });
    expect(status).toMatchObject({ state: "failed", failure: { kind: "health" } });
    const text = await told(world, status);
    expect(text).not.toContain("hunter2");
    expect(text.length).toBeLessThan(10_000);
  });

  it("is so for what a hook ended with", async () => {
    const world = new ApplyWorld();
    world.cluster.play("Job", () => ({ conditions: [{ type: "Failed", status: "True", message: evil }] }));
    const status = await world.deploy({ head: "a", objects: [job("m", hook("PreSync")), configMap("a")] });
    expect(status).toMatchObject({ state: "failed", failure: { kind: "hook" } });
    const text = await told(world, status);
    expect(text).not.toContain("hunter2");
    expect(text.length).toBeLessThan(10_000);
  });

  it("is kept of fifty objects at most", async () => {
    const world = new ApplyWorld();
    const objects = Array.from({ length: 60 }, (_, index) => deployment(`web-${index}`, "app:slow"));
    await world.step({ head: "a", objects });
    expect((await world.document())?.problems).toHaveLength(50);
  });
});

describe("the last lines that are told of a workload", () => {
  const pod = (name: string, ownerReferences: readonly JsonObject[]): JsonObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", labels: { app: "web" }, ownerReferences: [...ownerReferences] },
    spec: { containers: [{ name: "app", image: "x" }] },
  });
  const crash = {
    containerStatuses: [{ name: "app", state: { terminated: { exitCode: 1 } } }],
  };

  /** A Pod of a ReplicaSet, which is of the Deployment `web` or of another that has the same labels. */
  async function linesOf(owner: "its own" | "another's"): Promise<string> {
    const world = new ApplyWorld();
    const objects = [deployment("web", "app:fail")];
    await world.step({ head: "a", objects });
    const reference = { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "shop" };
    const uid = owner === "its own" ? Object(world.cluster.object(reference)?.metadata).uid : "another";
    const maker = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", controller: true };
    const set = world.cluster.put({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "web-1", namespace: "shop", ownerReferences: [{ ...reference, uid, controller: true }] },
    });
    world.cluster.put(pod("web-1-a", [{ ...maker, uid: Object(set.metadata).uid }]));
    world.cluster.status({ apiVersion: "v1", kind: "Pod", name: "web-1-a", namespace: "shop" }, crash);
    world.cluster.logs.set("shop/web-1-a", "the victim's own words");
    return JSON.stringify(await world.deploy({ head: "a", objects }));
  }

  it("are of its own Pods, and never of others that its selector names as well", async () => {
    expect(await linesOf("its own")).toContain("own words");
    expect(await linesOf("another's")).not.toContain("own words");
  });
});
