import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterLeases } from "../../src/kube/index.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import type { HeldLease, LeaseOutcome, Leases } from "../../src/model/lease.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(() => cluster.close());

/** What passes of the time that leases are measured by. */
let elapsed = 0;

it("a lease in a real cluster is held, renewed, released, and taken from who is gone", async () => {
  const [a, b] = [worker(600_000), worker(-600_000)];
  const outcomes = await Promise.all([a.acquire("prod", "a", signal), b.acquire("prod", "b", signal)]);
  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["busy", "held"]);
  const [first] = outcomes.flatMap((outcome) => (outcome.kind === "held" ? [outcome.lease] : []));
  elapsed += 10_000;
  expect(await first?.confirm(signal)).toBe(true);
  await first?.release(signal);
  const second = held(await a.acquire("prod", "a", signal));
  expect(second.term).toBe(2);
  expect(await b.acquire("prod", "b", signal)).toMatchObject({ kind: "busy", holder: "a" });
  elapsed += 30_000;
  expect(held(await b.acquire("prod", "b", signal)).term).toBe(3);
  expect(await second.confirm(signal)).toBe(false);
});

/** One whose clock is off. */
function worker(skew: number): Leases {
  const clock = (): number => Date.now() + skew;
  return clusterLeases({ cluster, namespace: test.namespace, clock, elapsed: () => elapsed });
}

function held(outcome: LeaseOutcome): HeldLease {
  if (outcome.kind === "busy") throw new Error(`${outcome.holder} has it`);
  return outcome.lease;
}
