import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterLeases, openCluster } from "../../src/kube/index.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import type { LiveObject, OpenCluster } from "../../src/model/kube.ts";
import { inventoryStore } from "../../src/reconcile/inventory/store.ts";
import { type ApiProxy, apiProxy, mishaps } from "./support/api-proxy.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const ours = { fieldManager: "sluice", dryRun: false, force: true };

let proxy: ApiProxy;
let faults = 0;
let cluster: OpenCluster;
let direct: OpenCluster;
/** That of the request that is under way: one at a time, so that silence ends at once and not when a time is over. */
let deadline = new AbortController();

beforeAll(async () => {
  direct = await openTestCluster(test);
  proxy = await apiProxy(test.access);
  proxy.onSilence = () => deadline.abort();
  proxy.mishap = () => {
    // The next request after a fault is its repetition, which is let through: a call is tried four times in all.
    if (proxy.requests.length % 10 !== 0) return undefined;
    faults += 1;
    return mishaps[faults % mishaps.length];
  };
  cluster = await openCluster({
    name: "faulty",
    access: { kind: "token", server: proxy.url, token: "the proxy has it" },
    clock: Date.now,
    random: () => 1,
    pause: () => Promise.resolve(),
    deadline: () => {
      deadline = new AbortController();
      return deadline.signal;
    },
  });
});
afterAll(async () => {
  await cluster?.close();
  await proxy?.close();
  await direct.close();
});

it("a cluster of which every tenth answer is a 429, a 500, a reset or silence ends up as one of which none is", async () => {
  let elapsed = 0;
  const about = "webapp in prod of acme/gitops";
  const place = { cluster, namespace: test.namespace, name: "sluice-faults", about, writer: "one" };
  const [store, leases] = [inventoryStore(place), clusterLeases({ ...place, clock: Date.now, elapsed: () => elapsed })];
  const lease = await leases.acquire("faults", "one", signal);
  let inventory = await store.write(undefined, { members: [] }, signal);
  for (let round = 1; round <= 30; round += 1) {
    if (inventory === "changed" || lease.kind === "busy") throw new Error("nobody else writes");
    elapsed += 11_000;
    expect(await lease.lease.confirm(signal)).toBe(true);
    const member = { group: "", kind: "ConfigMap", namespace: test.namespace, name: `n${round}` };
    inventory = await store.write(inventory, { members: [...inventory.members, member], operation: { round } }, signal);
    const { object } = await cluster.apply({ object: configMap(`n${round}`, { round: String(round) }) }, ours, signal);
    await cluster.create({ object: configMap(`hook-${round}`, {}) }, ours, signal);
    expect(await cluster.get(reference(`hook-${round}`), signal)).toBeDefined();
    if (round % 2 === 0)
      expect(await cluster.delete(reference(`n${round}`), deletionOf({ object }), signal)).not.toBe("changed");
    expect(await listed(cluster, "round")).toHaveLength(Math.ceil(round / 2));
  }
  expect(await listed(direct, "round")).toEqual(
    Array.from({ length: 15 }, (_, index) => `n${2 * index + 1}`).toSorted(),
  );
  expect(await listed(direct, "hook")).toHaveLength(30);
  const kept = await inventoryStore({ ...place, cluster: direct }).read(signal);
  expect(kept).toMatchObject({ revision: 31, operation: { round: 30 } });
  expect(kept?.members).toHaveLength(30);
  // Each way to fail was met more than once.
  expect(faults).toBeGreaterThan(14);
});

function configMap(name: string, data: JsonObject): JsonObject {
  const labels = { kind: name.startsWith("hook") ? "hook" : "round" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: test.namespace, labels }, data };
}

function reference(name: string) {
  return { apiVersion: "v1", kind: "ConfigMap", name, namespace: test.namespace };
}

function deletionOf({ object }: LiveObject) {
  const { uid = "" } = metadataOf(object);
  return { uid: String(uid), propagation: "Background" } as const;
}

async function listed(from: OpenCluster, kind: string): Promise<readonly string[]> {
  const query = { apiVersion: "v1", kind: "ConfigMap", namespace: test.namespace, labels: `kind=${kind}` };
  const objects = await from.list({ ...query, metadataOnly: true }, signal);
  return objects.map(({ object }) => String(metadataOf(object).name));
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {};
}
