import { describe, expect, it } from "vitest";
import { countChangedLines, unifiedYaml, wholeYaml } from "../../src/diff/unified.ts";
import type { Value } from "../../src/diff/value.ts";
import { emitYaml } from "../../src/diff/yaml.ts";

const diff = (base: Value, head: Value) => unifiedYaml(emitYaml(base), emitYaml(head));
const list = (...numbers: readonly number[]): Value => ({ list: numbers });
const hunks = (text: string) => text.split("\n").filter((line) => line.startsWith("@@"));

describe("a unified diff of YAML", () => {
  it("has three lines around what changes, and counts what it adds and removes", () => {
    expect(diff(list(1, 2, 3, 4, 5, 6, 7, 8), list(1, 2, 3, 4, 50, 51, 6, 7, 8))).toEqual({
      text: "@@ list @@\n - 2\n - 3\n - 4\n-- 5\n+- 50\n+- 51\n - 6\n - 7\n - 8",
      addedLines: 2,
      removedLines: 1,
    });
    expect(diff(list(1), list(1))).toEqual({ text: "", addedLines: 0, removedLines: 0 });
  });

  it("has the lines that there are at the ends", () => {
    expect(diff({ a: 1, b: 2 }, { a: 1, b: 3 }).text).toBe("@@ the resource @@\n a: 1\n-b: 2\n+b: 3");
    expect(diff({ a: 1, b: 2 }, { a: 2, b: 2 }).text).toBe("@@ the resource @@\n-a: 1\n+a: 2\n b: 2");
    expect(diff({ a: 1 }, { a: 1, b: 2 }).text).toBe("@@ the resource @@\n a: 1\n+b: 2");
    expect(diff({ a: 1, b: 2 }, { b: 2 }).text).toBe("@@ the resource @@\n-a: 1\n b: 2");
  });

  it("is one hunk for changes with six lines between them, two for seven", () => {
    const near = diff(list(1, 2, 3, 4, 5, 6, 7, 8), list(10, 2, 3, 4, 5, 6, 7, 80));
    expect(near.text).toBe("@@ list @@\n list:\n-- 1\n+- 10\n - 2\n - 3\n - 4\n - 5\n - 6\n - 7\n-- 8\n+- 80");
    const far = diff(list(1, 2, 3, 4, 5, 6, 7, 8, 9), list(10, 2, 3, 4, 5, 6, 7, 8, 90));
    expect(far.text).toBe(
      "@@ list @@\n list:\n-- 1\n+- 10\n - 2\n - 3\n - 4\n@@ list @@\n - 6\n - 7\n - 8\n-- 9\n+- 90",
    );
  });
});

describe("the head of a hunk", () => {
  const pod = (image: string, args: readonly string[], replicas: number) => ({
    spec: { containers: [{ name: "web", args, image }], replicas },
  });

  it.each([
    ["the parent of the one line that changes", pod("a:1", [], 1), pod("a:2", [], 1), "spec.containers[web]"],
    ["what all lines have in common", pod("a:1", ["x"], 1), pod("a:2", ["y"], 1), "spec.containers[web]"],
    ["what all lines have in common, from afar", pod("a:1", ["x"], 1), pod("a:1", ["y"], 2), "spec"],
    ["the list of the item that changes", pod("a:1", ["x"], 1), pod("a:1", ["y"], 1), "spec.containers[web].args"],
    ["the resource of a field at the top", { a: 1, b: 1 }, { a: 2, b: 1 }, "the resource"],
    ["the first of several fields at the top", { a: { x: 1 }, b: 1 }, { a: { x: 2 }, b: 2 }, "a"],
    ["the resource where there is no field", "a", "b", "the resource"],
    ["a name without what cannot be seen", { "a\u202Eb": { c: 1 } }, { "a\u202Eb": { c: 2 } }, "a\\u{202E}b"],
    ["a long name", { ["x".repeat(120)]: { c: 1 } }, { ["x".repeat(120)]: { c: 2 } }, "x".repeat(120)],
    [
      "the end of a longer one",
      { ["x".repeat(121)]: { c: 1 } },
      { ["x".repeat(121)]: { c: 2 } },
      `…${"x".repeat(120)}`,
    ],
    [
      "the end of a longer one, from a whole character on",
      { [`😀${"x".repeat(119)}`]: { c: 1 } },
      { [`😀${"x".repeat(119)}`]: { c: 2 } },
      `…${"x".repeat(119)}`,
    ],
  ])("is %s", (_, base, head, path) => {
    expect(hunks(diff(base, head).text)).toEqual([`@@ ${path} @@`]);
  });
});

describe("a whole resource", () => {
  it("is all added or all removed", () => {
    const yaml = emitYaml({ a: 1, b: { c: 2 } });
    expect(wholeYaml(yaml, "+")).toEqual({ text: "+a: 1\n+b:\n+  c: 2", addedLines: 3, removedLines: 0 });
    expect(wholeYaml(yaml, "-")).toEqual({ text: "-a: 1\n-b:\n-  c: 2", addedLines: 0, removedLines: 3 });
  });
});

describe("the lines that differ", () => {
  it("are counted on both sides", () => {
    expect(countChangedLines(["a", "b", "c"], ["a", "x", "y", "c", "d"])).toBe(4);
    expect(countChangedLines([], ["a"])).toBe(1);
    expect(countChangedLines(["a"], ["a"])).toBe(0);
  });
});
