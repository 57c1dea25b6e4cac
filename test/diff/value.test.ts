import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  at,
  equal,
  mapList,
  mapObject,
  NumberText,
  objectAt,
  pointerStep,
  pointerSteps,
  textAt,
  type Value,
  withKey,
  withNumberTexts,
} from "../../src/diff/value.ts";

describe("two values", () => {
  it.each<readonly [Value | undefined, Value | undefined, boolean]>([
    [1, 1, true],
    [1, 2, false],
    [1, "1", false],
    [null, null, true],
    [null, {}, false],
    [{}, null, false],
    [undefined, undefined, true],
    [undefined, null, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ toString: 1 }, { a: 1 }, false],
    [{ a: { b: [1] } }, { a: { b: [1] } }, true],
    [{ a: { b: [1] } }, { a: { b: [2] } }, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[1, 2], [1], false],
    [[], {}, false],
    [{}, [], false],
    [new NumberText("1.0"), new NumberText("1.0"), true],
    [new NumberText("1.0"), new NumberText("1.00"), false],
    [new NumberText("1"), 1, false],
    [new NumberText("1"), {}, false],
    [{}, new NumberText("1"), false],
    [[new NumberText("1")], [new NumberText("1")], true],
  ])("%j and %j are equal: %s", (one, other, expected) => {
    expect(equal(one, other)).toBe(expected);
  });

  it("are equal when they are copies of one", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const [one, other]: [Value, Value] = [JSON.parse(JSON.stringify(value)), JSON.parse(JSON.stringify(value))];
        expect(equal(one, other)).toBe(true);
        expect(equal([one], { 0: other })).toBe(false);
      }),
    );
  });
});

describe("what stands at a path", () => {
  const value = { a: { list: ["x", { b: "y" }], n: new NumberText("1") } };

  it.each([
    [["a", "list", 0], "x"],
    [["a", "list", 1, "b"], "y"],
    [["a", "list", "0"], undefined],
    [["a", "list", 7], undefined],
    [["a", "list", "length"], undefined],
    [["a", "n", "text"], undefined],
    [["a", "list", 0, "length"], undefined],
    [["toString"], undefined],
    [["missing", "deeper"], undefined],
    [[], value],
  ])("%j is %j", (path, expected) => {
    expect(at(value, ...path)).toEqual(expected);
  });

  it("is a text or an empty one, an object or an empty one", () => {
    expect([textAt(value, "a", "list", 0), textAt(value, "a"), textAt(undefined)]).toEqual(["x", "", ""]);
    expect([objectAt(value, "a", "list", 1), objectAt(value, "a", "list"), objectAt(undefined, "a")]).toEqual([
      { b: "y" },
      {},
      {},
    ]);
  });
});

describe("a changed copy", () => {
  it("has a key set anew, at the end, or lacks it, and the original stays", () => {
    const object = { a: 1, b: 2 };
    expect(Object.entries(withKey(object, "a", 3))).toEqual([
      ["b", 2],
      ["a", 3],
    ]);
    expect(withKey(object, "a", undefined)).toEqual({ b: 2 });
    expect(object).toEqual({ a: 1, b: 2 });
    expect(Object.keys(withKey({}, "__proto__", { polluted: true }))).toEqual(["__proto__"]);
  });

  it("of an object or a list is the original when nothing changes", () => {
    const [object, list] = [{ a: 1, b: null }, [1, null, 3]];
    expect(mapObject(object, (value) => value)).toBe(object);
    expect(mapList(list, (value) => value)).toBe(list);
    expect(mapObject(object, (value, key) => (key === "b" ? "B" : value))).toEqual({ a: 1, b: "B" });
    expect(mapList(list, (value, index) => (index === 1 ? 2 : value))).toEqual([1, 2, 3]);
    expect([object, list]).toEqual([{ a: 1, b: null }, [1, null, 3]]);
  });
});

describe("a JSON pointer", () => {
  it.each([
    ["", []],
    ["/a/b", ["a", "b"]],
    ["a/b", ["a", "b"]],
    ["/", [""]],
    ["/a~1b/c~0d", ["a/b", "c~d"]],
    ["/~01", ["~1"]],
  ])("%s has the steps %j", (pointer, steps) => {
    expect(pointerSteps(pointer)).toEqual(steps);
  });

  it("is read back as the steps that it was made of", () => {
    const steps = fc.array(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("~", "/", "0", "1") })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(steps, (given) => {
        expect(pointerSteps(given.map(pointerStep).join(""))).toEqual(given);
      }),
    );
    expect(pointerStep(3)).toBe("/3");
  });
});

describe("texts of numbers", () => {
  it("take the place of numbers and of nothing else", () => {
    const object = { a: 1, text: "x", list: [1, 2], map: { b: 3 } };
    const numbers = { "/list/1": "2.0", "/map/b": "3.0", "/text": "9", "/missing/deeper": "9", "/map": "9" };
    expect(withNumberTexts({ object, numbers })).toEqual({
      a: 1,
      text: "x",
      list: [1, new NumberText("2.0")],
      map: { b: new NumberText("3.0") },
    });
    expect(withNumberTexts({ object })).toBe(object);
    expect(withNumberTexts({ object, numbers: {} })).toBe(object);
  });
});
