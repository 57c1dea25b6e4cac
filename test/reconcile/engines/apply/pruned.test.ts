import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../../src/model/json.ts";
import { ApplyWorld, configMap, deployment, refusal } from "../../../support/apply-world.ts";

const many = (count: number): readonly JsonObject[] => Array.from({ length: count }, (_, at) => configMap(`c${at}`));

describe("what Git no longer has", () => {
  it("is deleted last, once everything is healthy, and leaves the inventory", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), deployment("web")] });
    const status = await world.deploy({ head: "b", objects: [deployment("web", "app:2")] });
    expect(status).toMatchObject({ state: "live", changed: 2, kept: [] });
    expect(world.writes.slice(2)).toEqual(["apply Deployment/web", "delete ConfigMap/old"]);
    expect(await world.members()).toEqual(["Deployment/web"]);
  });

  it("stays when the render is empty, or all of it would go, until a person confirms that (24)", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: many(3) });
    const empty = await world.deploy({ head: "b", objects: [] });
    expect(empty).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    const all = await world.deploy({ head: "c", objects: [configMap("new")] });
    expect(all).toMatchObject({ failure: { summary: "all 3 of its resources would be deleted" } });
    expect(world.writes).toHaveLength(3);
    const request = { id: "confirmed", prune: true };
    expect(await world.deploy({ head: "c", objects: [configMap("new")], request })).toMatchObject({ state: "live" });
    expect(await world.members()).toEqual(["ConfigMap/new"]);
  });

  it("stays when more than half of many would go", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: many(30) });
    const status = await world.deploy({ head: "b", objects: many(10) });
    expect(status).toMatchObject({ failure: { summary: "20 of its 30 resources would be deleted" } });
  });

  it("stays tracked where the cluster does not let it go (17)", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), configMap("new")] });
    world.cluster.trouble = ({ verb }) =>
      verb === "delete" ? { when: "before", error: refusal("permission", "no") } : undefined;
    const status = await world.deploy({ head: "b", objects: [configMap("new")] });
    expect(status).toMatchObject({
      state: "live",
      kept: [{ object: { kind: "ConfigMap", name: "old" }, reason: "the cluster refuses it: no" }],
    });
    expect(await world.members()).toEqual(["ConfigMap/new", "ConfigMap/old"]);
    world.cluster.trouble = undefined;
    expect(await world.deploy({ head: "b", objects: [configMap("new")], request: { id: "again" } })).toMatchObject({
      kept: [],
    });
    expect(world.has("ConfigMap", "old")).toBe(false);
  });

  it("stays tracked while a finalizer holds it, and says which (18)", async () => {
    const world = new ApplyWorld();
    const old = configMap("old");
    const metadata = isJsonObject(old.metadata) ? old.metadata : {};
    const held = { ...old, metadata: { ...metadata, finalizers: ["example.com/wait"] } };
    await world.deploy({ head: "a", objects: [held, configMap("new")] });
    const status = await world.deploy({ head: "b", objects: [configMap("new")] });
    expect(status).toMatchObject({
      state: "live",
      kept: [{ reason: "it is being deleted: example.com/wait holds it" }],
    });
    expect(await world.members()).toEqual(["ConfigMap/new", "ConfigMap/old"]);
  });

  it("is not deleted when somebody has taken it over", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), configMap("new")] });
    const labels = { "applyset.kubernetes.io/part-of": "applyset-other" };
    world.cluster.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "old", namespace: "shop", labels } });
    expect(await world.deploy({ head: "b", objects: [configMap("new")] })).toMatchObject({ state: "live", kept: [] });
    expect(world.has("ConfigMap", "old")).toBe(true);
    expect(await world.members()).toEqual(["ConfigMap/new"]);
  });

  it("is not deleted where the operator no longer lets it be", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), configMap("new")] });
    const refusals = (objects: readonly { reference: { apiVersion: string; kind: string; name: string } }[]) =>
      objects
        .filter(({ reference }) => reference.name === "old")
        .map(({ reference }) => ({ object: reference, reason: "NotAllowed", message: "it is in a closed namespace" }));
    const status = await world.deploy({ head: "b", objects: [configMap("new")] }, { refusals });
    expect(status).toMatchObject({ state: "live", kept: [{ reason: "it is in a closed namespace" }] });
    expect(world.has("ConfigMap", "old")).toBe(true);
  });

  it("stays tracked, whatever it is, where `prune` is off", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), configMap("older")] });
    const status = await world.deploy({ head: "b", objects: [] }, { prune: "off" });
    expect(status).toMatchObject({ state: "live", changed: 0, kept: [{ reason: "`prune` is off" }, {}] });
    expect(await world.members()).toEqual(["ConfigMap/old", "ConfigMap/older"]);
  });

  it("is looked at again when it changes while it is being deleted", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects: [configMap("old"), configMap("new")] });
    let changed = false;
    world.cluster.trouble = ({ verb }) => {
      if (verb !== "delete" || changed) return undefined;
      changed = true;
      const annotations = { "sluice.dev/prune": "keep" };
      const old = world.cluster.object({ apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "old" }) ?? {};
      const metadata = isJsonObject(old.metadata) ? old.metadata : {};
      world.cluster.put({ ...old, metadata: { ...metadata, annotations } });
      return undefined;
    };
    const status = await world.deploy({ head: "b", objects: [configMap("new")] });
    expect(status).toMatchObject({ state: "live", kept: [{ reason: "its annotation sluice.dev/prune says so" }] });
    expect(world.has("ConfigMap", "old")).toBe(true);
  });
});
