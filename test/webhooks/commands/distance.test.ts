import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closest, distance } from "../../../src/webhooks/commands/distance.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });

describe("the distance of two words", () => {
  it.each([
    ["diff", "diff", 0],
    ["dif", "diff", 1],
    ["idff", "diff", 1],
    ["diaf", "diff", 1],
    ["", "diff", 4],
    ["reconcile", "recnocile", 1],
    ["ca", "abc", 3],
  ])("%s and %s: %i", (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
  });

  it("is symmetric, 0 only for equal words, and never more than the longer one", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b) === 0).toBe(a === b);
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("what was probably meant", () => {
  it("is the nearest word within one slip, or two in a long word", () => {
    expect(closest("dif", ["help", "diff"])).toBe("diff");
    expect(closest("rconcl", ["reconcile"])).toBeUndefined();
    expect(closest("reconcil", ["release", "reconcile"])).toBe("reconcile");
    expect(closest("rollbakc", ["rollback"])).toBe("rollback");
    expect(closest("lgtm", ["diff", "help"])).toBeUndefined();
  });
});
