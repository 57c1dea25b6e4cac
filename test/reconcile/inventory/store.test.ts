import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/model/errors.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Member } from "../../../src/reconcile/inventory/members.ts";
import type { Inventory } from "../../../src/reconcile/inventory/parent.ts";
import { type InventoryStore, inventoryStore } from "../../../src/reconcile/inventory/store.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { manyMembers } from "./support/many-members.ts";

const signal = AbortSignal.timeout(600_000);
const web: Member = { group: "apps", kind: "Deployment", namespace: "shop", name: "web" };
const old: Member = { group: "", kind: "ConfigMap", namespace: "shop", name: "old", uid: "u-1" };
const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "sluice", name: "sluice-prod-webapp" };

describe("an inventory", () => {
  it("is not there, is made, and is read again", async () => {
    const { store } = world();
    expect(await store().read(signal)).toBeUndefined();
    const members = [web, old];
    const made = written(await store().write(undefined, { members, operation: { phase: "plan" } }, signal));
    expect(made).toMatchObject({ members: [old, web], operation: { phase: "plan" }, writer: "one", revision: 1 });
    expect(await store("two").read(signal)).toEqual(made);
  });

  it("covers what is applied before it is, and is narrowed after what went", async () => {
    const { store } = world();
    const first = written(await store().write(undefined, { members: [old] }, signal));
    const both = written(await store().write(first, { members: [...first.members, web] }, signal));
    expect((await store().read(signal))?.members).toEqual([old, web]);
    written(await store().write(both, { members: [web] }, signal));
    expect((await store().read(signal))?.members).toEqual([web]);
  });

  it("keeps its members where only the operation is written, which sends none of them", async () => {
    const { store, cluster } = world();
    const first = written(
      await store().write(undefined, { members: [old], operation: { wave: 1, hook: "x" } }, signal),
    );
    await store().write(first, { operation: { wave: 2 } }, signal);
    expect(await store().read(signal)).toMatchObject({ members: [old], operation: { wave: 2 }, revision: 2 });
    expect(cluster.object(at)).toMatchObject({ data: { operation: '{"wave":2}' } });
  });

  it("is the parent of an ApplySet", async () => {
    const { store, cluster } = world();
    await store().write(undefined, { members: [old, web] }, signal);
    expect(cluster.object(at)?.metadata).toMatchObject({
      labels: { "applyset.kubernetes.io/id": store().id },
      annotations: {
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps",
        "applyset.kubernetes.io/additional-namespaces": "shop",
        "sluice.dev/about": "webapp in prod of acme/gitops",
      },
    });
  });
});

describe("a writer of an inventory", () => {
  it("who read it before another wrote is told so, and changes nothing", async () => {
    const { store } = world();
    const first = written(await store().write(undefined, { members: [old] }, signal));
    const second = written(await store("two").write(first, { operation: { wave: 2 } }, signal));
    expect(await store("two").write(first, { operation: { wave: 3 } }, signal)).toBe("changed");
    expect(await store().write(first, { operation: { wave: 1 } }, signal)).toBe("changed");
    expect(await store().write(undefined, { members: [] }, signal)).toBe("changed");
    expect(await store().remove(first, signal)).toBe("changed");
    expect(await store().read(signal)).toEqual(second);
  });

  it("who read one that was deleted and made again is told so", async () => {
    const { store, cluster } = world();
    const first = written(await store().write(undefined, { members: [old] }, signal));
    cluster.remove(at);
    expect(await store().write(first, { operation: {} }, signal)).toBe("changed");
    await store("two").write(undefined, { members: [web] }, signal);
    expect(await store().write(first, { operation: {} }, signal)).toBe("changed");
    expect((await store().read(signal))?.members).toEqual([web]);
  });

  it("whose answer was lost finds its own work on the next try", async () => {
    const { store, cluster } = world();
    const twice = onceLost(cluster, store);
    const first = written(await twice(undefined, { members: [old] }));
    const second = written(await twice(first, { operation: { wave: 1 } }));
    expect(second.revision).toBe(2);
    expect(written(await store().write(second, { operation: { wave: 2 } }, signal)).revision).toBe(3);
  });

  it("deletes it when nothing is left", async () => {
    const { store, cluster } = world();
    const first = written(await store().write(undefined, { members: [] }, signal));
    expect(await store().remove(first, signal)).toBe("removed");
    expect(await store().remove(first, signal)).toBe("removed");
    expect(cluster.object(at)).toBeUndefined();
  });

  it("writes as much as an object may hold, and no more", async () => {
    const { store } = world();
    const [operation, members] = [{ text: "x".repeat(700_000) }, manyMembers(10_000)];
    const first = written(await store().write(undefined, { members }, signal));
    await expect(store().write(first, { operation }, signal)).rejects.toMatchObject({ kind: "limit" });
    written(await store().write(first, { members: [], operation }, signal));
  });

  it("writes no longer a list of namespaces than annotations may hold", async () => {
    const { store } = world();
    const members = Array.from({ length: 6000 }, (_, index) => ({ ...web, namespace: `${"n".repeat(50)}-${index}` }));
    await expect(store().write(undefined, { members }, signal)).rejects.toMatchObject({ kind: "limit" });
  });
});

describe("an object in the place of an inventory", () => {
  const change = (object: JsonObject, metadata: JsonObject): JsonObject => ({
    ...object,
    metadata: { name: at.name, namespace: at.namespace, ...metadata },
  });

  it.each<{ what: string; alter: (object: JsonObject) => JsonObject; kind: string }>([
    { what: "somebody else's", alter: (object) => change(object, {}), kind: "in-use" },
    {
      what: "another set's",
      alter: (object) => change(object, { labels: { "applyset.kubernetes.io/id": "applyset-other-v1" } }),
      kind: "in-use",
    },
    {
      what: "damaged in its list",
      alter: (object) => ({ ...object, binaryData: { members: "AAAA" } }),
      kind: "refused",
    },
    { what: "without a list", alter: ({ binaryData, ...object }) => object, kind: "refused" },
    {
      what: "damaged in its document",
      alter: (object) => ({ ...object, data: { format: "1", operation: "{" } }),
      kind: "refused",
    },
    { what: "a newer Sluice's", alter: (object) => ({ ...object, data: { format: "2" } }), kind: "refused" },
  ])("that is $what is left alone", async ({ alter, kind }) => {
    const { store, cluster } = world();
    await store().write(undefined, { members: [old] }, signal);
    const object = cluster.object(at) ?? {};
    cluster.remove(at);
    const placed = cluster.put(alter(object));
    await expect(store().read(signal)).rejects.toMatchObject({ name: "UserError", kind, fix: expect.any(String) });
    await expect(store().write(undefined, { members: [] }, signal)).rejects.toMatchObject({ kind });
    expect(cluster.object(at)).toEqual(placed);
  });
});

function world() {
  const cluster = new FakeCluster({ namespaces: ["sluice"] });
  const place = { cluster, namespace: at.namespace, name: at.name, about: "webapp in prod of acme/gitops" };
  return { cluster, store: (writer = "one") => inventoryStore({ ...place, writer }) };
}

function written(result: Inventory | "changed"): Inventory {
  if (result === "changed") throw new Error("it was changed");
  return result;
}

/** Writes; the answer is lost; writes again, as the client does and as a new process does. */
function onceLost(cluster: FakeCluster, store: () => InventoryStore) {
  return async (...[seen, change]: [Inventory | undefined, Parameters<InventoryStore["write"]>[1]]) => {
    cluster.trouble = (call) => (call.writes ? { when: "after", error: new Fault("unavailable", "lost") } : undefined);
    await expect(store().write(seen, change, signal)).rejects.toThrow("lost");
    cluster.trouble = undefined;
    return store().write(seen, change, signal);
  };
}
