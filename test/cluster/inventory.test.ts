import { afterAll, beforeAll, expect, it } from "vitest";
import type { OpenCluster } from "../../src/model/kube.ts";
import { inventoryStore } from "../../src/reconcile/inventory/store.ts";
import { manyMembers } from "../reconcile/inventory/support/many-members.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(() => cluster.close());

it("an inventory of 10,000 objects is kept by a real API server, which refuses a writer who is late", async () => {
  const about = "webapp in prod of acme/gitops";
  const store = inventoryStore({ cluster, namespace: test.namespace, name: "sluice-prod", about, writer: "one" });
  const members = manyMembers(10_000);
  const first = await store.write(undefined, { members, operation: { phase: "apply" } }, signal);
  if (first === "changed") throw new Error("nobody else writes");
  const second = await store.write(first, { operation: { phase: "prune" } }, signal);
  expect(await store.write(first, { members: [] }, signal)).toBe("changed");
  const read = await store.read(signal);
  expect(read).toEqual(second);
  expect(read?.members).toHaveLength(10_000);
  expect(read?.operation).toEqual({ phase: "prune" });
});
