import { describe, expect, it } from "vitest";
import type { ClusterGrant } from "../../../src/model/deploy.ts";
import { Fault } from "../../../src/model/errors.ts";
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

  it.each([
    ["goes", "true", undefined],
    ["stays where `prune` is off", "false", '{"value":"1"}'],
  ])("has two, of which one leaves Git: it %s", async (_, prune, left) => {
    const side = "apps/web/prod/side.yaml";
    const world = applyWorld(
      {},
      {
        ...files("web", "1"),
        [side]: files("web", "1", "", "side")["apps/web/prod/app.yaml"] ?? "",
        ".sluice.yaml": config.replace("stability: 0s", `stability: 0s, prune: ${prune}`),
      },
    );
    await world.settle();
    await world.wait();
    expect(world.value("side")).toBe('{"value":"1"}');
    await world.merge({ ...files("web", "2"), [side]: "" });
    await world.wait();
    expect([world.value("web"), world.value("side")]).toEqual(['{"value":"2"}', left]);
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

  it("is judged by the repository's own rules too", async () => {
    const rules = "health: [{ kind: Service, current: has(status.ready) }]";
    const service = "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n";
    const world = applyWorld(
      {},
      {
        ".sluice.yaml": config.replace("stability: 0s", `stability: 0s, ${rules}`),
        "apps/web/prod/service.yaml": service,
      },
    );
    await world.settle();
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "live" });
    expect(world.judgedBy[0]).toEqual({ group: "", kind: "Service", cel: { current: "has(status.ready)" } });
  });

  it("begins when what it depends on is live, and says what it waits for until then", async () => {
    const world = applyWorld(
      {},
      {
        ...files("web", "1"),
        ...files("db", "1"),
        "apps/db/prod/service.yaml":
          "apiVersion: v1\nkind: Service\nmetadata: { name: db }\nspec: { ports: [{ port: 80 }] }\n",
        ".sluice.yaml": config.replace("stability: 0s", "stability: 0s, dependsOn: [db]"),
      },
    );
    world.unhealthy.add("db");
    await world.settle();
    await world.wait();
    expect(world.value("db")).toBe('{"value":"1"}');
    expect(world.value("web")).toBeUndefined();
    expect(world.last("web")).toEqual({ state: "waiting", reason: "it depends on db, which is not live yet" });
    world.unhealthy.clear();
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "live" });
  });

  it("is not deployed while what it depends on fails, or is not deployed there at all", async () => {
    const begin = { ...files("web", "1"), ...files("db", "1", "other") };
    const on = (app: string) => config.replace("stability: 0s", `stability: 0s, dependsOn: [${app}]`);
    const worlds = ["db", "queue"].map((app) => applyWorld({}, { ...begin, ".sluice.yaml": on(app) }));
    for (const world of worlds) await world.settle();
    expect(worlds.map((world) => world.last("web"))).toEqual([
      { state: "waiting", reason: "it depends on db, which failed" },
      { state: "waiting", reason: "it depends on queue, which Sluice does not deploy here" },
    ]);
  });

  it("deletes what Git no longer has, and nothing where `prune` is off", async () => {
    const both = {
      ...files("web", "1"),
      "apps/web/prod/more.yaml": files("web", "1", "", "more")["apps/web/prod/app.yaml"] ?? "",
    };
    const off = config.replace("namespace: shop", "namespace: shop, prune: false");
    const worlds = [applyWorld({}, both), applyWorld({}, { ...both, ".sluice.yaml": off })];
    for (const world of worlds) {
      await world.settle();
      await world.wait();
      await world.merge({ "apps/web/prod/more.yaml": null });
      await world.wait();
    }
    expect(worlds.map((world) => world.value("more"))).toEqual([undefined, '{"value":"1"}']);
    expect(worlds[1]?.last("web")).toMatchObject({ state: "live", kept: [{ object: { name: "more" } }] });
  });

  it("tells what went wrong though the lease cannot be given back either", async () => {
    const away = new Fault("unavailable", "the cluster is away");
    const release = async () => Promise.reject(new Fault("unavailable", "the lease cannot be given back"));
    const lease = { term: 1, confirm: async () => true, release };
    const world = applyWorld({}, files("web", "1"), { acquire: async () => ({ kind: "held", lease }) });
    world.cluster.trouble = () => ({ when: "before", error: away });
    await expect(world.settle()).rejects.toBe(away);
    world.cluster.trouble = undefined;
    await world.settle();
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "live" });
  });

  it("keeps one target waiting for no other", async () => {
    const world = applyWorld({}, { ...files("web", "1"), ...files("bad", "1", "other") });
    await world.settle();
    await world.wait();
    expect([world.last("web")?.state, world.last("bad")?.state]).toEqual(["live", "failed"]);
  });
});
