import { describe, expect, it } from "vitest";
import { differingLeaves, scalarText } from "../../../src/change/proof/leaves.ts";
import { NumberText, type Value } from "../../../src/diff/value.ts";

function leaves(before: Value | undefined, after: Value | undefined): readonly string[] {
  return differingLeaves(before, after).map((leaf) =>
    [leaf.pointer, JSON.stringify(leaf.before), JSON.stringify(leaf.after)].join(" "),
  );
}

describe("the fields in which two values differ", () => {
  it.each<readonly [string, Value | undefined, Value | undefined, readonly string[]]>([
    ["equal ones", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["a text", "a", "b", [' "a" "b"']],
    ["keys of maps", { a: 1, b: 2, c: 3 }, { d: 4, c: 5, b: 2 }, ["/a 1 ", "/c 3 5", "/d  4"]],
    ["items of lists of one length", [1, { a: 2 }], [0, { a: 3 }], ["/0 1 0", "/1/a 2 3"]],
    ["lists of other lengths", { l: [1] }, { l: [1, 2] }, ["/l [1] [1,2]"]],
    ["other kinds", { a: [1], b: { c: 1 } }, { a: { 0: 1 }, b: "c" }, ['/a [1] {"0":1}', '/b {"c":1} "c"']],
    ["nothing", undefined, { a: 1 }, ['  {"a":1}']],
    ["keys that need an escape", { "a/b~c": 1 }, { "a/b~c": 2 }, ["/a~1b~0c 1 2"]],
    ["keys that every object has", { toString: "a" }, { a: 1 }, ['/toString "a" ', "/a  1"]],
    ["big numbers", { n: new NumberText("1") }, { n: new NumberText("2") }, ['/n {"text":"1"} {"text":"2"}']],
  ])("of %s", (_, before, after, expected) => {
    expect(leaves(before, after)).toEqual(expected);
  });
});

describe("the text of a value", () => {
  it.each<readonly [Value | undefined, string | undefined]>([
    ["a", "a"],
    ["", ""],
    [1.5, "1.5"],
    [false, "false"],
    [new NumberText("12345678901234567890"), "12345678901234567890"],
    [null, undefined],
    [undefined, undefined],
    [["a"], undefined],
    [{ a: 1 }, undefined],
  ])("%j is %j", (value, text) => {
    expect(scalarText(value)).toBe(text);
  });
});
