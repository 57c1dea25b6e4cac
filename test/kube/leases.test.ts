import { describe, expect, it } from "vitest";
import { clusterLeases } from "../../src/kube/leases.ts";
import { Fault } from "../../src/model/errors.ts";
import type { HeldLease, LeaseOutcome, Leases } from "../../src/model/lease.ts";
import { FakeCluster } from "../support/fake-cluster.ts";

const signal = AbortSignal.timeout(600_000);
const at = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: "sluice", name: "prod" };

describe("a lease", () => {
  it("is had by one at a time, and by the next as soon as it is released", async () => {
    const { worker } = world();
    const [a, b] = [worker(), worker()];
    const first = held(await a.acquire("prod", "a", signal));
    expect(await b.acquire("prod", "b", signal)).toEqual({ kind: "busy", holder: "a", waitMs: 30_000 });
    expect(held(await b.acquire("staging", "b", signal)).term).toBe(1);
    await first.release(signal);
    expect(await first.confirm(signal)).toBe(false);
    expect(held(await b.acquire("prod", "b", signal)).term).toBe(2);
  });

  it("is made by one of many who ask at once", async () => {
    const { worker } = world();
    const outcomes = await Promise.all(["a", "b", "c"].map((holder) => worker().acquire("prod", holder, signal)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["busy", "busy", "held"]);
  });

  it("says who holds it, since when, and how often it has changed hands", async () => {
    const { worker, cluster } = world();
    await worker().acquire("prod", "a", signal);
    expect(cluster.object(at)?.spec).toEqual({
      holderIdentity: "a",
      leaseDurationSeconds: 30,
      acquireTime: "2026-01-01T00:00:00.000000Z",
      renewTime: "2026-01-01T00:00:00.000000Z",
      leaseTransitions: 1,
    });
  });

  it.each([-600_000, 0, 600_000])(
    "whose holder is gone is taken after it was seen unchanged for as long as it lasts, though its clock is %i ms off",
    async (skew) => {
      const { worker, pass } = world();
      await worker({ skew }).acquire("prod", "a", signal);
      const b = worker();
      expect(await b.acquire("prod", "b", signal)).toMatchObject({ kind: "busy", waitMs: 30_000 });
      pass(29_999);
      expect(await b.acquire("prod", "b", signal)).toMatchObject({ kind: "busy", waitMs: 1 });
      pass(1);
      expect(held(await b.acquire("prod", "b", signal)).term).toBe(2);
    },
  );

  it.each([-600_000, 600_000])(
    "that is renewed is never taken, though its holder's clock is %i ms off",
    async (skew) => {
      const { worker, pass } = world();
      const lease = held(await worker({ skew }).acquire("prod", "a", signal));
      const b = worker();
      for (let step = 0; step < 20; step += 1) {
        expect(await b.acquire("prod", "b", signal)).toMatchObject({ kind: "busy", holder: "a" });
        pass(11_000);
        expect(await lease.confirm(signal)).toBe(true);
      }
    },
  );

  it("lasts as long as its holder said, not as long as who waits would", async () => {
    const { worker, pass } = world();
    await worker({ durationMs: 60_000 }).acquire("prod", "a", signal);
    const b = worker();
    await b.acquire("prod", "b", signal);
    pass(30_000);
    expect(await b.acquire("prod", "b", signal)).toEqual({ kind: "busy", holder: "a", waitMs: 30_000 });
  });

  it("is taken back at once by the holder of the same name, and its former self notices", async () => {
    const { worker, pass } = world();
    const first = held(await worker().acquire("prod", "a", signal));
    expect(held(await worker().acquire("prod", "a", signal)).term).toBe(2);
    pass(10_000);
    expect(await first.confirm(signal)).toBe(false);
  });
});

describe("who holds a lease", () => {
  it("need not ask while it is fresh, and renews it when a third of its time is over", async () => {
    const { worker, cluster, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    const writes = (): number => cluster.calls.filter((call) => call.writes).length;
    pass(9_999);
    expect(await lease.confirm(signal)).toBe(true);
    expect(writes()).toBe(1);
    pass(1);
    expect(await Promise.all([lease.confirm(signal), lease.confirm(signal)])).toEqual([true, true]);
    expect(writes()).toBe(2);
    expect(cluster.object(at)).toMatchObject({
      spec: { renewTime: "2026-01-01T00:00:10.000000Z", leaseTransitions: 1 },
    });
  });

  it("keeps what nobody has taken, however long it slept", async () => {
    const { worker, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    pass(3_600_000);
    expect(await lease.confirm(signal)).toBe(true);
  });

  it("has lost what another took while it slept, for ever", async () => {
    const { worker, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    const b = worker();
    await b.acquire("prod", "b", signal);
    pass(30_000);
    const second = held(await b.acquire("prod", "b", signal));
    expect(await lease.confirm(signal)).toBe(false);
    await second.release(signal);
    expect(await lease.confirm(signal)).toBe(false);
  });

  it("has lost what was deleted, and what was made again by another", async () => {
    const { worker, cluster, pass } = world();
    const [first, second] = [
      held(await worker().acquire("prod", "a", signal)),
      held(await worker().acquire("staging", "a", signal)),
    ];
    cluster.remove(at);
    pass(10_000);
    expect(await first.confirm(signal)).toBe(false);
    cluster.remove({ ...at, name: "staging" });
    await worker().acquire("staging", "b", signal);
    expect(await second.confirm(signal)).toBe(false);
  });

  it("keeps what somebody only put a label on", async () => {
    const { worker, cluster, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    const object = cluster.object(at);
    cluster.put({ ...object, metadata: { name: "prod", namespace: "sluice", labels: { team: "a" } } });
    pass(10_000);
    expect(await lease.confirm(signal)).toBe(true);
  });

  it("finds its own renewal where the answer to it was lost, and its own lease where that to its making was", async () => {
    const { worker, cluster, pass } = world();
    loseNextAnswer(cluster);
    const leases = worker();
    await expect(leases.acquire("prod", "a", signal)).rejects.toThrow("lost");
    const lease = held(await leases.acquire("prod", "a", signal));
    pass(10_000);
    loseNextAnswer(cluster);
    await expect(lease.confirm(signal)).rejects.toThrow("lost");
    expect(await lease.confirm(signal)).toBe(true);
  });

  it("does not know while the cluster cannot be asked", async () => {
    const { worker, cluster, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    pass(10_000);
    cluster.trouble = () => ({ when: "before", error: new Fault("unavailable", "away") });
    await expect(lease.confirm(signal)).rejects.toMatchObject({ kind: "unavailable" });
    cluster.trouble = undefined;
    expect(await lease.confirm(signal)).toBe(true);
  });

  it("does not trust a renewal that took longer than the lease lasts", async () => {
    const { worker, cluster, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    pass(10_000);
    cluster.trouble = (call) => {
      if (call.writes) pass(30_000);
      return undefined;
    };
    await expect(lease.confirm(signal)).rejects.toMatchObject({ name: "Fault", kind: "timeout" });
  });

  it("releases nothing that another has by now", async () => {
    const { worker, cluster, pass } = world();
    const lease = held(await worker().acquire("prod", "a", signal));
    const b = worker();
    await b.acquire("prod", "b", signal);
    pass(30_000);
    await b.acquire("prod", "b", signal);
    await lease.release(signal);
    expect(cluster.object(at)).toMatchObject({ spec: { holderIdentity: "b" } });
  });
});

describe("a lease that others wrote", () => {
  it.each([{}, { holderIdentity: "" }, { holderIdentity: null, leaseTransitions: -1 }])(
    "is free where it names no holder: %j",
    async (spec) => {
      const { worker, cluster } = world();
      cluster.put({ apiVersion: at.apiVersion, kind: "Lease", metadata: { name: "prod", namespace: "sluice" }, spec });
      expect(held(await worker().acquire("prod", "b", signal)).term).toBe(1);
    },
  );

  it("is waited for as long as one's own lasts where it does not say how long", async () => {
    const { worker, cluster, pass } = world();
    const spec = { holderIdentity: "x", leaseDurationSeconds: -5 };
    cluster.put({ apiVersion: at.apiVersion, kind: "Lease", metadata: { name: "prod", namespace: "sluice" }, spec });
    const b = worker();
    expect(await b.acquire("prod", "b", signal)).toEqual({ kind: "busy", holder: "x", waitMs: 30_000 });
    pass(30_000);
    expect(await b.acquire("prod", "b", signal)).toMatchObject({ kind: "held" });
  });
});

/** A cluster, workers of it, and the time. */
function world() {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const cluster = new FakeCluster({ namespaces: ["sluice"] });
  const worker = ({ skew = 0, durationMs = 30_000 } = {}): Leases =>
    clusterLeases({ cluster, namespace: "sluice", durationMs, clock: () => now + skew, elapsed: () => now - skew });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { cluster, worker, pass };
}

function held(outcome: LeaseOutcome): HeldLease {
  if (outcome.kind === "busy") throw new Error(`${outcome.holder} has it`);
  return outcome.lease;
}

function loseNextAnswer(cluster: FakeCluster): void {
  cluster.trouble = (call) => {
    if (!call.writes) return undefined;
    cluster.trouble = undefined;
    return { when: "after", error: new Fault("unavailable", "lost") };
  };
}
