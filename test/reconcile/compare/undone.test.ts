import { describe, expect, it } from "vitest";
import { decideHealing, maxUndone } from "../../../src/reconcile/compare/undone.ts";

const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 9);

function drift(manager: string, path = "spec.replicas") {
  return [{ object, fields: [{ path, before: "5", after: "3", by: { manager, at: "" } }] }];
}

/** What becomes of the same drift, found at these minutes. */
function found(minutes: readonly number[], managers: readonly string[] = ["keda"], intervalMs = 10 * minute) {
  let undone: Parameters<typeof decideHealing>[1] = [];
  return minutes.map((at, index) => {
    const by = managers[index % managers.length] ?? "";
    const healing = decideHealing(drift(by), undone, { now: start + at * minute, intervalMs });
    if (healing.kind === "heal") undone = healing.undone;
    return healing.kind;
  });
}

describe("what differs", () => {
  it("is set back three times within an hour, and then left until the memory of it is gone", () => {
    expect(maxUndone).toBe(3);
    expect(found([0, 10, 20, 30, 40, 500])).toEqual(["heal", "heal", "heal", "contested", "contested", "contested"]);
  });

  it("is always set back where it happens now and then, or by one after the other", () => {
    expect(found([0, 50, 100, 150, 200, 250])).toEqual(Array(6).fill("heal"));
    expect(found([0, 5, 10, 15, 20], ["ann", "bob"])).toEqual(Array(5).fill("heal"));
  });

  it("is a fight all the same where it is looked at rarely", () => {
    expect(found([0, 60, 120, 180], ["keda"], 60 * minute)).toEqual(["heal", "heal", "heal", "contested"]);
  });

  it("is named where it is contested, a deleted object too", () => {
    let undone: Parameters<typeof decideHealing>[1] = [];
    for (let round = 0; round < 3; round += 1) {
      const healing = decideHealing([{ object }], undone, { now: start + round, intervalMs: 0 });
      undone = healing.kind === "heal" ? healing.undone : [];
    }
    const when = { now: start + 4, intervalMs: 0 };
    expect(decideHealing([...drift("keda"), { object }], undone, when)).toEqual({
      kind: "contested",
      fields: [{ object }],
    });
    expect(decideHealing(drift("keda"), undone, when)).toMatchObject({ kind: "heal" });
  });

  it("takes little room, however much it is", () => {
    const many = Array.from({ length: 900 }, (_, index) => drift("x", `spec.field${index}`)).flat();
    const healing = decideHealing(many, [], { now: start, intervalMs: 0 });
    expect(healing.kind === "heal" && JSON.stringify(healing.undone).length).toBeLessThan(30_000);
  });
});
