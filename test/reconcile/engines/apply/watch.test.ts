import { expect, it } from "vitest";
import { defaultApplyLimits } from "../../../../src/reconcile/engines/apply/ports.ts";
import { ApplyWorld, deployment } from "../../../support/apply-world.ts";

const minute = 60_000;
const rules = { limits: { ...defaultApplyLimits, watchMs: 10 * minute } };
const web = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
const commit = { head: "a", objects: [deployment("web")] };

/** One whose deploy is live just now. */
async function live(): Promise<ApplyWorld> {
  const world = new ApplyWorld();
  await world.step(commit, rules);
  world.now += 5_000;
  expect((await world.step(commit, rules)).status.state).toBe("live");
  return world;
}

it("what is live and watched fails when it degrades and stays so, and that stands", async () => {
  const world = await live();
  const first = await world.step(commit, rules);
  expect(first).toMatchObject({ status: { state: "live" }, again: world.now + 30_000 });
  world.now += 3 * minute;
  world.cluster.status(web, { health: "degraded" });
  const seen = await world.step(commit, rules);
  expect(seen).toMatchObject({ status: { state: "live" }, again: world.now + 5_000 });
  world.now += 5_000;
  const { status, again, operation } = await world.step(commit, rules);
  expect(status).toMatchObject({ state: "failed", at: world.now, failure: { kind: "health", applied: true } });
  expect(operation.id).toBe(first.operation.id);
  expect(again).toBeUndefined();
  world.cluster.status(web, { health: "healthy" });
  expect((await world.step(commit, rules)).status.state).toBe("failed");
});

it("what is degraded for a moment does not fail, however often", async () => {
  const world = await live();
  for (let times = 0; times < 3; times += 1) {
    world.cluster.status(web, { health: "degraded" });
    expect((await world.step(commit, rules)).status.state).toBe("live");
    world.now += 30_000;
    world.cluster.status(web, { health: "healthy" });
    expect((await world.step(commit, rules)).status.state).toBe("live");
  }
});

it("what is live is not looked at when its time is over, or where nobody asks for it", async () => {
  const world = await live();
  world.now += 10 * minute;
  world.cluster.status(web, { health: "degraded" });
  for (const given of [rules, {}]) {
    const before = world.cluster.calls.length;
    expect(await world.step(commit, given)).toMatchObject({ status: { state: "live" } });
    expect(world.cluster.calls).toHaveLength(before + 1);
  }
});

it("another commit takes the place of what is watched", async () => {
  const world = await live();
  world.cluster.status(web, { health: "degraded" });
  await world.step(commit, rules);
  expect(await world.deploy({ head: "b", objects: [deployment("web", "app:2")] })).toMatchObject({ state: "live" });
});
