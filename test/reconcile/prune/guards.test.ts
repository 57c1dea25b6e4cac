import { describe, expect, it } from "vitest";
import { pruneRefusal } from "../../../src/reconcile/prune/guards.ts";

function refusal(count: number, members: number, wanted: number, confirmed = false): string | undefined {
  const deletions = Array.from({ length: count }, (_, at) => ({ apiVersion: "v1", kind: "ConfigMap", name: `c${at}` }));
  return pruneRefusal({ deletions, members, wanted, confirmed })?.summary;
}

describe("a deploy that would delete much (24)", () => {
  it("is refused when the render is empty, even for one object", () => {
    expect(refusal(1, 1, 0)).toBe("it renders to nothing, so its only resource would be deleted");
  });

  it("is refused when everything would go", () => {
    expect(refusal(2, 2, 5)).toBe("both its resources would be deleted");
    // A ConfigMap whose name changes with what it holds.
    expect(refusal(1, 1, 1)).toBeUndefined();
  });

  it("is refused beyond ten objects that are more than half", () => {
    expect(refusal(10, 12, 2)).toBeUndefined();
    expect(refusal(11, 12, 2)).toBe("11 of its 12 resources would be deleted");
    expect(refusal(50, 100, 50)).toBeUndefined();
    expect(refusal(51, 100, 50)).toBe("51 of its 100 resources would be deleted");
  });

  it("goes on when a person has confirmed it, or nothing goes", () => {
    expect(refusal(100, 100, 0, true)).toBeUndefined();
    expect(refusal(0, 100, 0)).toBeUndefined();
  });

  it("names some of what would go", () => {
    const deletions = Array.from({ length: 30 }, (_, at) => ({ apiVersion: "v1", kind: "ConfigMap", name: `c${at}` }));
    const failure = pruneRefusal({ deletions, members: 30, wanted: 1, confirmed: false });
    expect(failure).toMatchObject({ kind: "refused", applied: false });
    expect(failure?.problems).toHaveLength(10);
  });
});
