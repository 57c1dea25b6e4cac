import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../../src/model/json.ts";
import { ApplyWorld, configMap, deployment, desiredOf } from "../../../support/apply-world.ts";

const signal = new AbortController().signal;
const web = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };

function specOf(object: JsonObject | undefined): JsonObject {
  return isJsonObject(object?.spec) ? object.spec : {};
}

describe("the drift of a target that is live", () => {
  const objects = [deployment("web", "app:1"), configMap("settings", { a: "1" }), configMap("gone")];
  const desired = desiredOf({ head: "a", objects });

  it("is nothing as long as only defaults, controllers and other managers have set what they own", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects });
    const live = world.cluster.object(web) ?? {};
    world.cluster.put({ ...live, spec: { ...specOf(live), minReadySeconds: 3 } }, "somebody");
    world.cluster.status(web, { health: "healthy", replicas: 1 });
    expect(await world.engine().compare(desired, signal)).toEqual({ live: true, drifted: [], unknown: [], undone: [] });
  });

  it("is each field that somebody changed, by whom and when, and each object that is gone; nothing is written", async () => {
    const world = new ApplyWorld();
    await world.deploy({ head: "a", objects });
    const settings = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "settings" };
    world.cluster.put({ ...world.cluster.object(settings), data: { a: "2" } }, "kubectl-edit");
    world.cluster.remove({ ...settings, name: "gone" });
    const before = world.cluster.calls.length;
    const compared = await world.engine().compare(desired, signal);
    const by = { manager: "kubectl-edit", at: "2026-01-01T00:00:05Z" };
    expect(compared?.drifted).toMatchObject([
      { object: { ...settings, name: "gone" }, git: { kind: "ConfigMap", metadata: { name: "gone" } } },
      {
        object: settings,
        fields: [{ path: "data.a", before: '"2"', after: '"1"', by }],
        git: { data: { a: "1" } },
        cluster: { data: { a: "2" } },
      },
    ]);
    expect(JSON.stringify(compared)).not.toMatch(/managedFields|resourceVersion|"applyset.*"name":"gone"/);
    expect(world.cluster.calls.slice(before).filter(({ writes }) => writes)).toEqual([]);
  });

  it("is not asked for while another render is wanted, or none is live", async () => {
    const world = new ApplyWorld();
    expect(await world.engine().compare(desired, signal)).toBeUndefined();
    await world.deploy({ head: "a", objects });
    const other = desiredOf({ head: "b", objects: [configMap("b")] });
    expect(await world.engine().compare(other, signal)).toBeUndefined();
    expect(await world.engine().compare(other, signal, true)).toMatchObject({
      live: false,
      drifted: [{ object: { name: "b" } }],
    });
  });
});
