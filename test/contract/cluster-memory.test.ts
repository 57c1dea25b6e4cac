import { describe, expect, it } from "vitest";
import { Fault } from "../../src/model/errors.ts";
import { FakeCluster } from "../support/fake-cluster.ts";
import { clusterContract } from "./cluster-contract.ts";

const cluster = new FakeCluster({ namespaces: ["shop"] });
clusterContract("the cluster in memory", () => ({ cluster, namespace: "shop" }));

const signal = AbortSignal.timeout(600_000);
const ours = { fieldManager: "sluice", dryRun: false, force: true };
const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "migrate", namespace: "shop" }, spec: {} };
const at = { apiVersion: "batch/v1", kind: "Job", name: "migrate", namespace: "shop" };

describe("what a test does to the cluster in memory", () => {
  it("ends the process before its n-th write, and nothing that it does later arrives", async () => {
    const fake = new FakeCluster({ namespaces: ["shop"] });
    fake.dieBefore(2);
    await fake.apply({ object: job }, { ...ours, dryRun: true }, signal);
    await fake.apply({ object: job }, ours, signal);
    await expect(fake.delete(at, { uid: uidOf(fake), propagation: "Background" }, signal)).rejects.toThrow("is dead");
    await expect(fake.get(at, signal)).rejects.toThrow("is dead");
    expect(fake.calls.map(({ verb, writes }) => [verb, writes])).toEqual([
      ["apply", false],
      ["apply", true],
      ["delete", true],
      ["get", false],
    ]);
    fake.trouble = undefined;
    expect(await fake.get(at, signal)).toBeDefined();
  });

  it("loses the answer to a call that was carried out", async () => {
    const fake = new FakeCluster({ namespaces: ["shop"] });
    fake.trouble = ({ kind }) =>
      kind === "Job" ? { when: "after", error: new Fault("unavailable", "lost") } : undefined;
    await expect(fake.apply({ object: job }, ours, signal)).rejects.toThrow("lost");
    expect(fake.object(at)).toBeDefined();
  });

  it("plays a controller, whose status is no wish of anybody", async () => {
    const fake = new FakeCluster({ namespaces: ["shop"] });
    fake.play("Job", () => ({ succeeded: 1 }));
    const first = await fake.apply({ object: job }, ours, signal);
    expect(first.object).toMatchObject({ metadata: { generation: 1 }, status: { succeeded: 1 } });
    expect(await fake.apply({ object: job }, ours, signal)).toEqual(first);
  });

  it("compares two clusters by what people see of them", async () => {
    const [one, other] = [new FakeCluster({ namespaces: ["shop"] }), new FakeCluster({ namespaces: ["bank", "shop"] })];
    other.remove({ apiVersion: "v1", kind: "Namespace", name: "bank" });
    for (const fake of [one, other]) await fake.apply({ object: job }, ours, signal);
    expect(other.snapshot()).toEqual(one.snapshot());
    other.put({ ...job, spec: { suspend: true } });
    expect(other.snapshot()).not.toEqual(one.snapshot());
  });
});

function uidOf(fake: FakeCluster): string {
  const { uid } = Object(fake.object(at)?.metadata);
  return String(uid);
}
