import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/model/nearest.ts";

const word = fc.oneof(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 }), fc.string({ maxLength: 12 }));

describe("the distance of two words", () => {
  it.each([
    ["diff", "diff", 0],
    ["dif", "diff", 1],
    ["idff", "diff", 1],
    ["diaf", "diff", 1],
    ["", "diff", 4],
    ["staging", "stagging", 1],
    ["form", "from", 1],
    ["", "abc", 3],
    ["reconcile", "recnocile", 1],
    ["ca", "abc", 3],
  ])("%s and %s: %i", (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
  });

  it("is symmetric, zero for equal words only, and no more than the longer word", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("did you mean", () => {
  it("proposes what is close, whatever its case and its dashes, and nothing else", () => {
    const keys = ["environments", "pullRequest", "valueFiles", "app"];
    expect(nearest("enviroment", keys)).toBe("environments");
    expect(nearest("pull_request", keys)).toBe("pullRequest");
    expect(nearest("value-files", keys)).toBe("valueFiles");
    expect(nearest("zebra", keys)).toBeUndefined();
    expect(nearest("x", keys)).toBeUndefined();
  });

  it("allows as many slips as it is told to", () => {
    expect(nearest("rconcl", ["reconcile"], 1)).toBeUndefined();
    expect(nearest("reconcil", ["release", "reconcile"], 1)).toBe("reconcile");
    expect(nearest("dfif", ["diff"], 0)).toBeUndefined();
  });
});
