import { describe, expect, it } from "vitest";
import { NumberText, type Value } from "../../../src/diff/value.ts";
import { differences, withDifferences } from "../../../src/reconcile/compare/differences.ts";

const big = new NumberText("12345678901234567890");

describe("a value with its differences to another one", () => {
  it.each<[string, Value, Value]>([
    ["fields that change, come and go", { a: 1, b: { c: "x" }, d: true }, { a: 2, b: { e: null } }],
    ["a list as a whole", { a: [1, 2, 3] }, { a: [1] }],
    ["a list of the same length", { a: [1, { b: 2 }] }, { a: [3, { b: 4 }] }],
    [
      "elements by their names",
      [{ name: "a", x: 1 }, { name: "b" }],
      [{ name: "a", x: 2 }, { name: "c" }, { name: "d" }],
    ],
    ["an object in place of a list", { a: [] }, { a: {} }],
    ["numbers that no double holds", { a: 1 }, { a: big }],
    ["keys that are no names", { "": 1, __proto__x: 2 }, { "": 2, constructor: 3 }],
    ["nothing", { a: 1 }, { a: 1 }],
  ])("is that one: %s", (_, before, after) => {
    expect(withDifferences(before, differences(before, after))).toEqual(after);
  });

  it("is the same with those alone that are taken", () => {
    const [before, after] = [{ spec: { replicas: 3, paused: true } }, { spec: { replicas: 5, paused: false } }];
    const [first] = differences(before, after);
    expect(withDifferences(before, first === undefined ? [] : [first])).toEqual({
      spec: { replicas: 5, paused: true },
    });
  });
});
