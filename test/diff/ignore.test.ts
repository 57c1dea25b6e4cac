import { describe, expect, it } from "vitest";
import { hideNoise, type IgnoreRule, withoutNoise } from "../../src/diff/ignore.ts";

const id = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web-config" };

const applies = (rule: Partial<IgnoreRule>) =>
  !Object.hasOwn(withoutNoise({ a: 1 }, id, [{ ...rule, path: "/a" }]), "a");

describe("the resources that a rule names", () => {
  it.each([
    ["web-config", true],
    ["*", true],
    ["**", true],
    ["web-*", true],
    ["*-config", true],
    ["web-config*", true],
    ["*web-config", true],
    ["w*b*g", true],
    ["*e*n*", true],
    ["", false],
    ["web", false],
    ["web-config-2", false],
    ["config*", false],
    ["*web", false],
    ["we*eb-config", false],
    ["*n*c*", false],
    ["*o*o*", false],
    ["w*-config*g", false],
    ["w*x*g", false],
    ["Web-config", false],
  ])("by the name %s: %s", (name, named) => {
    expect(applies({ name })).toBe(named);
    expect(hideNoise({ a: 1 }, { a: 2 }, id, [{ name, path: "/a" }]).hiddenLines).toBe(named ? 2 : 0);
  });

  it("are those of its kind, its name and its namespace, each of them any where it is absent", () => {
    const names = { kind: "ConfigMap", name: "web-config", namespace: "shop" };
    expect([applies({}), applies(names), applies({ ...names, kind: "Config*", namespace: "*" })]).toEqual([
      true,
      true,
      true,
    ]);
    for (const field of ["kind", "name", "namespace"]) expect(applies({ ...names, [field]: "other" })).toBe(false);
  });
});

describe("differences that are noise", () => {
  it.each([
    ["a field", "/data/a", { data: { a: 1, b: 1 } }, { data: { a: 2, b: 2 } }, { data: { a: 2, b: 1 } }, 2],
    ["a pointer without its slash", "data/a", { data: { a: 1 } }, { data: { a: 2 } }, { data: { a: 2 } }, 2],
    ["a name with a slash and a tilde", "/x~1y~0z", { "x/y~z": 1 }, { "x/y~z": 2 }, { "x/y~z": 2 }, 2],
    ["the changed lines of a map", "/a", { a: { x: 1, y: 1 } }, { a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 } }, 2],
    [
      "every key",
      "/a/*",
      { a: { b: 1, c: 1, old: 1 } },
      { a: { b: 2, c: 1, new: 1 } },
      { a: { b: 2, c: 1, new: 1 } },
      4,
    ],
    ["one item", "/a/1", { a: [1, 1, 1] }, { a: [2, 2, 2] }, { a: [1, 2, 1] }, 2],
    ["every item that both have", "/a/*", { a: [1, 1, 1] }, { a: [2, 2] }, { a: [2, 2, 1] }, 4],
    [
      "a field of every item",
      "/a/*/x",
      { a: [{ x: 1, y: 1 }, { x: 1 }, { x: 1 }] },
      { a: [{ x: 2, y: 2 }, { x: 3 }, { x: 1 }] },
      { a: [{ x: 2, y: 1 }, { x: 3 }, { x: 1 }] },
      4,
    ],
    ["a field that is new with the map around it", "/a/b", {}, { a: { b: 1 } }, { a: { b: 1 } }, 1],
    ["a field of a new map that holds more", "/a/b", {}, { a: { b: 1, c: 1 } }, { a: { b: 1 } }, 1],
    ["a field that goes with the map around it", "/a/b", { a: { b: 1 } }, {}, {}, 1],
    ["a field of a lost map that held more", "/a/b", { a: { b: 1, c: 1 } }, {}, { a: { c: 1 } }, 1],
    ["a field that leaves an empty map", "/a/b", { a: { b: 1 } }, { a: {} }, { a: {} }, 1],
    ["a field deep in what is new", "/a/b/c", {}, { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }, 1],
    ["nothing where the path ends early", "/a/b", { a: 1 }, { a: 2 }, { a: 1 }, 0],
    ["nothing where a list became a map", "/a/0", { a: [1] }, { a: { 0: 2 } }, { a: [1] }, 0],
    ["nothing of what is equal", "/a", { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 1, b: 1 }, 0],
    ["nothing without a path", "", { a: 1 }, { a: 2 }, { a: 1 }, 0],
  ] as const)("are %s (%s)", (_, path, base, head, expected, hiddenLines) => {
    expect(hideNoise(base, head, id, [{ path }])).toEqual({ base: expected, hiddenLines });
  });

  it("of several rules are hidden and counted together", () => {
    const rules = [{ path: "/a" }, { path: "/b" }, { kind: "Secret", path: "/c" }];
    expect(hideNoise({ a: 1, b: 1, c: 1 }, { a: 2, b: 2, c: 2 }, id, rules)).toEqual({
      base: { a: 2, b: 2, c: 1 },
      hiddenLines: 4,
    });
  });
});

describe("an object without its noise", () => {
  const object = { data: { a: 1, b: 2 }, list: [{ x: 1, y: 1 }, { x: 2 }, 3] };

  it.each([
    ["/data/a", { ...object, data: { b: 2 } }],
    ["/data/*", { ...object, data: {} }],
    ["/data", { list: object.list }],
    ["/list/1", { ...object, list: [{ x: 1, y: 1 }, 3] }],
    ["/list/*", { ...object, list: [] }],
    ["/list/0/x", { ...object, list: [{ y: 1 }, { x: 2 }, 3] }],
    ["/list/*/x", { ...object, list: [{ y: 1 }, {}, 3] }],
    ["/*/b", { ...object, data: { a: 1 } }],
    ["/data/a/deeper", object],
    ["/missing", object],
    ["", object],
  ])("lacks what is at %s", (path, expected) => {
    expect(withoutNoise(object, id, [{ path }])).toEqual(expected);
  });

  it("lacks what any rule for it names", () => {
    const rules = [{ path: "/data/a" }, { path: "/list" }, { name: "other", path: "/data" }];
    expect(withoutNoise(object, id, rules)).toEqual({ data: { b: 2 } });
  });
});
