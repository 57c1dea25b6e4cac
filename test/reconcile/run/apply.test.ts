import { describe, expect, it } from "vitest";
import type { ClusterGrant } from "../../../src/model/deploy.ts";
import { applyWorld, config, files, grant } from "./apply-world.ts";

describe("an environment that is applied", () => {
  it("gets what Git has, and what it no longer has goes", async () => {
    const world = applyWorld();
    await world.settle();
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "live", changed: 1 });
    expect(world.value("web")).toBe('{"value":"1"}');
    await world.merge(files("web", "2"));
    await world.wait();
    expect(world.value("web")).toBe('{"value":"2"}');
  });

  it.each<[string, Partial<ClusterGrant>]>([
    ["another repository", { repositories: ["acme/other"] }],
    ["another environment", { environments: ["staging"] }],
  ])("is refused where the cluster is given to %s, before anything is read", async (_, given) => {
    const world = applyWorld({ grants: [{ ...grant, ...given }] });
    await world.settle();
    expect(world.last("web")).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    expect(world.cluster.calls).toEqual([]);
  });

  it("is refused where the operator has no such cluster, and names no other", async () => {
    const world = applyWorld({}, { ...files("web", "1"), ".sluice.yaml": config.replace("prod-1", "elsewhere") });
    await world.settle();
    expect(JSON.stringify(world.last("web"))).toContain("there is no cluster elsewhere");
    expect(JSON.stringify(world.last("web"))).not.toContain("prod-1");
  });

  it("writes nothing of a target that has one object in a namespace that is not given", async () => {
    const world = applyWorld();
    await world.settle();
    await world.merge({
      ...files("web", "2"),
      "apps/web/prod/other.yaml": files("web", "2", "other")["apps/web/prod/app.yaml"] ?? "",
    });
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    expect(world.value("web")).toBe('{"value":"1"}');
    expect(world.value("web", "other")).toBeUndefined();
  });

  it("keeps one target waiting for no other", async () => {
    const world = applyWorld({}, { ...files("web", "1"), ...files("bad", "1", "other") });
    await world.settle();
    await world.wait();
    expect([world.last("web")?.state, world.last("bad")?.state]).toEqual(["live", "failed"]);
  });
});
