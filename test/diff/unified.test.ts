import { describe, expect, it } from "vitest";
import { countChangedLines, unifiedYaml, wholeYaml } from "../../src/diff/unified.ts";
import type { Value } from "../../src/diff/value.ts";
import { emitYaml } from "../../src/diff/yaml.ts";

const diff = (base: Value, head: Value) => unifiedYaml(emitYaml(base), emitYaml(head));
const list = (...numbers: readonly number[]): Value => ({ list: numbers });
const hunks = (text: string) => text.split("\n").filter((line) => line.startsWith("@@"));

describe("a unified diff of YAML", () => {
  it("has the lines that change under their path, and counts what it adds and removes", () => {
    expect(diff(list(1, 2, 3, 4, 5, 6, 7, 8), list(1, 2, 3, 4, 50, 51, 6, 7, 8))).toMatchObject({
      text: "@@ list @@\n-- 5\n+- 50\n+- 51",
      addedLines: 2,
      removedLines: 1,
    });
    expect(diff(list(1), list(1))).toMatchObject({ text: "", addedLines: 0, removedLines: 0 });
  });

  it("stands as far to the left as its path says", () => {
    const pod = (image: string) => ({ spec: { template: { spec: { containers: [{ image, name: "web" }] } } } });
    expect(diff(pod("a:1"), pod("a:2")).text).toBe(
      "@@ spec.template.spec.containers[web] @@\n-image: a:1\n+image: a:2",
    );
    const rule = (host: string) => ({ spec: { rules: [{ host }] } });
    expect(
      diff({ spec: { rules: [{ a: 1, name: "x" }] } }, { spec: { rules: [{ a: 1, name: "x", z: { w: 2 } }] } }).text,
    ).toBe("@@ spec.rules[x] @@\n+z:\n+  w: 2");
    expect(diff(rule("a.example"), rule("a.example"))).toMatchObject({ text: "" });
  });

  it("shows the first field of a list's item without the item's dash, a whole item with it", () => {
    const rules = (...items: readonly Value[]): Value => ({ spec: { rules: items } });
    expect(diff(rules({ path: "a", z: 1 }), rules({ path: "a", z: 2 })).text).toBe("@@ spec.rules[a] @@\n-z: 1\n+z: 2");
    expect(diff(rules({ a: [1] }), rules({ a: [2] })).text).toBe("@@ spec.rules[0].a @@\n-- 1\n+- 2");
    expect(diff(rules({ a: 1, b: 1 }), rules({ a: 2, b: 1 })).text).toBe("@@ spec.rules[0] @@\n-a: 1\n+a: 2");
    expect(diff(rules({ name: "x" }), rules({ name: "x" }, { name: "w", z: 1 })).text).toBe(
      "@@ spec.rules @@\n+- name: w\n+  z: 1",
    );
  });

  it("is one hunk for all that changes below one path", () => {
    expect(diff({ a: 1, b: 2, c: 3 }, { a: 2, b: 2, c: 4 }).text).toBe(
      "@@ the resource @@\n-a: 1\n+a: 2\n-c: 3\n+c: 4",
    );
    expect(diff({ s: { a: 1, t: { b: 1 } } }, { s: { a: 2, t: { b: 2 } } }).text).toBe(
      "@@ s @@\n-a: 1\n+a: 2\n@@ s.t @@\n-b: 1\n+b: 2",
    );
  });

  it("has three lines of a text around what changes in it, and none from outside of it", () => {
    const text = (...lines: readonly string[]): Value => ({ data: { run: `${lines.join("\n")}\n`, z: 1 } });
    expect(
      diff(text("1", "2", "3", "4", "5", "6", "7", "8", "9"), text("1", "2", "3", "4", "x", "6", "7", "8", "9")).text,
    ).toBe("@@ data.run @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8");
    expect(diff(text("1", "2"), text("1", "x", "2")).text).toBe("@@ data.run @@\n 1\n+x\n 2");
    expect(diff(text("1", "2"), text("x", "1", "2")).text).toBe("@@ data.run @@\n+x\n 1\n 2");
    expect(diff(text("1", "2", "3", "4"), text("1", "2", "3", "4", "5")).text).toBe("@@ data.run @@\n 2\n 3\n 4\n+5");
    const ten = Array.from({ length: 12 }, (_, index) => `l${index}`);
    const two = diff(text(...ten), text(...ten.with(0, "x").with(11, "y"))).text;
    expect(hunks(two)).toEqual(["@@ data.run @@", "@@ data.run @@"]);
    expect(diff(text(...ten), text(...ten.with(0, "x").with(4, "y"))).text).toBe(
      "@@ data.run @@\n-l0\n+x\n l1\n l2\n l3\n-l4\n+y\n l5\n l6\n l7",
    );
  });
});

describe("a line that is too long to be shown", () => {
  const panels = (title: string, length = 30_000) => {
    const filler = (count: number) => Array.from({ length: count }, (_, index) => `{"id":${index},"y":7}`).join(",");
    return `${filler(length / 40)},{"type":"graph","title":"${title}","gridPos":{"h":8,"w":12}},${filler(length / 40)}`;
  };
  const dashboard = (json: string): Value => ({ kind: "ConfigMap", data: { "queues.json": json } });

  it("is shown by what differs, with its position and forty characters on each side", () => {
    const [from, to] = [panels("Quiet queue"), panels("Loud backlog")];
    const { text, excerpts, addedLines, removedLines } = diff(dashboard(from), dashboard(to));
    expect(text).toMatch(
      /^@@ data\.queues\.json, character [\d,]+ @@\n-… .*"title":"Quiet queue","gridPos".* …\n\+… .*"title":"Loud backlog","gridPos".* …$/,
    );
    for (const line of text.split("\n")) expect(line.length).toBeLessThan(130);
    expect(excerpts).toMatchObject([
      { path: "data.queues.json", length: to.length, places: 1, words: { from: "Quiet queue", to: "Loud backlog" } },
    ]);
    expect(text).toContain(`character ${(from.indexOf("Quiet") + 1).toLocaleString("en")} @@`);
    expect({ addedLines, removedLines }).toEqual({ addedLines: 1, removedLines: 1 });
  });

  it("is shown at each place that differs, up to twenty", () => {
    const words = (count: number, word: string) =>
      Array.from({ length: count }, (_, index) => `${"filler ".repeat(12)}${index} ${word}`).join(" ");
    const some = diff(dashboard(words(8, "old")), dashboard(words(8, "new")));
    expect(hunks(some.text)).toHaveLength(8);
    const many = diff(dashboard(words(30, "old")), dashboard(words(30, "new")));
    expect(hunks(many.text)).toHaveLength(20);
    expect(many.text).toMatch(/\n … and 10 more places$/);
  });

  it("shows the ends of a long part that differs, and what cannot be seen as escapes", () => {
    const long = (char: string) => `begin ${char.repeat(700)} end`;
    const { text } = diff(dashboard(long("a")), dashboard(long("b")));
    expect(text).toContain(`-begin ${"a".repeat(120)} …‹460 characters›… ${"a".repeat(120)} end`);
    const script = (word: string) => `${"step one\r\n".repeat(100)}keep ${word} days\r\n${"step two\r\n".repeat(100)}`;
    expect(diff(dashboard(script("seven")), dashboard(script("thirty"))).text).toContain(
      "\\r\\nstep one\\r\\nkeep thirty days\\r\\nstep two\\r\\n",
    );
    const hidden = (char: string) => `${"x".repeat(400)} ${char.repeat(300)}`;
    const lines = diff(dashboard(hidden("\u200b")), dashboard(hidden("\u200c"))).text.split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(600);
  });

  it("is shown so inside a text and a list too, beside short lines", () => {
    const [long, changed] = [`${"word ".repeat(200)}seven`, `${"word ".repeat(200)}thirty`];
    const text = diff({ data: { a: `x\n${long}\ny\n` } }, { data: { a: `x\n${changed}\nz\n` } }).text;
    expect(text).toMatch(/@@ data\.a, character 1,001 @@\n-… .*seven\n\+… .*thirty\n@@ data\.a @@\n-y\n\+z$/);
    expect(diff({ args: [long] }, { args: [changed] }).text).toMatch(/^@@ args\[0\], character 1,001 @@/);
  });
});

describe("the head of a hunk", () => {
  const pod = (image: string, args: readonly string[], replicas: number) => ({
    spec: { containers: [{ name: "web", args, image }], replicas },
  });

  it.each([
    ["the parent of the one line that changes", pod("a:1", [], 1), pod("a:2", [], 1), "spec.containers[web]"],
    ["what all lines have in common", pod("a:1", ["x"], 1), pod("a:2", ["y"], 1), "spec.containers[web]"],
    ["the list of the item that changes", pod("a:1", ["x"], 1), pod("a:1", ["y"], 1), "spec.containers[web].args"],
    ["the resource of a field at the top", { a: 1, b: 1 }, { a: 2, b: 1 }, "the resource"],
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
    expect(wholeYaml(yaml, "+")).toMatchObject({ text: "+a: 1\n+b:\n+  c: 2", addedLines: 3, removedLines: 0 });
    expect(wholeYaml(yaml, "-")).toMatchObject({ text: "-a: 1\n-b:\n-  c: 2", addedLines: 0, removedLines: 3 });
  });
});

describe("the lines that differ", () => {
  it("are counted on both sides", () => {
    expect(countChangedLines(["a", "b", "c"], ["a", "x", "y", "c", "d"])).toBe(4);
    expect(countChangedLines([], ["a"])).toBe(1);
    expect(countChangedLines(["a"], ["a"])).toBe(0);
  });
});
