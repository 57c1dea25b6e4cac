import { describe, expect, it } from "vitest";
import { yamlValues } from "../../src/model/yaml-values.ts";

describe("the values of a text of others", () => {
  it("are those of its documents", () => {
    expect(yamlValues("a: 1\n---\n- b\n---\n: c\n")).toEqual([{ a: 1 }, ["b"], { "": "c" }]);
  });

  it.each([
    ["keys in keys, in one line", "? ".repeat(800)],
    ["keys in keys, line by line", Array.from({ length: 800 }, (_, depth) => `${" ".repeat(depth)}?\n`).join("")],
    ["a list as a key", "[a, b]: c\n"],
    ["an alias of a map as a key", "a: &a {b: c}\nd: {*a : e}\n"],
    ["a bomb", `a: &a [${"x,".repeat(100)}]\nb: &b [${"*a,".repeat(100)}]\nc: [${"*b,".repeat(100)}]\n`],
  ])("are none of a text with %s", (_what, text) => {
    expect(yamlValues(text)[0]).toBeUndefined();
  });
});
