import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignLists } from "../../src/diff/align.ts";
import { NumberText, type Value } from "../../src/diff/value.ts";
import { emitYaml } from "../../src/diff/yaml.ts";

const aligned = (base: readonly Value[], head: readonly Value[], field = "containers") =>
  alignLists({ [field]: base }, { [field]: head }).base[field];
const named = (...names: readonly string[]) => names.map((name) => ({ name }));
const namesOf = (list: Value | undefined) =>
  Array.isArray(list) ? list.map((item: { name: string }) => item.name).join(" ") : "";

describe("a list whose order does not count", () => {
  it.each([
    ["a b c", "a b c", "a b c", 0],
    ["a b c", "c b a", "c b a", 2],
    ["a b c", "b c a", "b c a", 3],
    ["a b", "b x a", "b a", 2],
    // What the head lacks stays behind what it stood behind.
    ["old a b", "b a", "old b a", 2],
    ["a old b", "b a", "b a old", 3],
    ["a old older b", "b a", "b a old older", 4],
    ["a b old", "b a", "b old a", 3],
    ["old older", "new", "old older", 0],
  ])("puts %s in the order of %s: %s, %d moved", (base, head, expected, moved) => {
    const result = alignLists({ containers: named(...base.split(" ")) }, { containers: named(...head.split(" ")) });
    expect([namesOf(result.base.containers), result.moved]).toEqual([expected, moved]);
  });

  it("keeps each item of the base, whatever the head is, and stays as it is against itself", () => {
    const list = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
    fc.assert(
      fc.property(list, list, (base, head) => {
        const result = namesOf(aligned(named(...base), named(...head))).split(" ");
        expect(result.toSorted()).toEqual(base.length === 0 ? [""] : base.toSorted());
        const shared = head.filter((name) => base.includes(name));
        expect(result.filter((name) => shared.includes(name))).toEqual(shared);
        expect(alignLists({ env: named(...base) }, { env: named(...base) }).moved).toBe(0);
      }),
    );
  });

  it("aligns the lists inside of its items, whether these move or not", () => {
    const container = (name: string, ...env: readonly string[]) => ({ name, env: named(...env) });
    expect(aligned([container("a", "X", "Y")], [container("a", "Y", "X")])).toEqual([container("a", "Y", "X")]);
    expect(aligned([container("a", "X", "Y"), container("b")], [container("b"), container("a", "Y", "X")])).toEqual([
      container("b"),
      container("a", "Y", "X"),
    ]);
  });

  it("is the same list when nothing moves", () => {
    const base = { spec: { containers: [{ name: "a", image: "a:1" }] } };
    expect(alignLists(base, { spec: { containers: [{ name: "a", image: "a:2" }] } }).base).toBe(base);
  });

  it.each([
    ["containers", { name: "a" }, { name: "b" }],
    ["ephemeralContainers", { name: "a" }, { name: "b" }],
    ["env", { name: "a" }, { name: "b" }],
    ["ports", { containerPort: 53, protocol: "TCP" }, { containerPort: 53, protocol: "UDP" }],
    ["ports", { containerPort: 80 }, { containerPort: 443 }],
    ["ports", { port: 53, protocol: "TCP", targetPort: 1 }, { port: 53, protocol: "UDP", targetPort: 1 }],
    ["ports", { name: "http" }, { name: "https" }],
    ["volumes", { name: "a" }, { name: "b" }],
    ["volumeMounts", { mountPath: "/a", name: "x" }, { mountPath: "/b", name: "x" }],
    ["volumeDevices", { devicePath: "/a" }, { devicePath: "/b" }],
    ["volumeClaimTemplates", { metadata: { name: "a" } }, { metadata: { name: "b" } }],
    ["imagePullSecrets", { name: "a" }, { name: "b" }],
    ["secrets", { name: "a" }, { name: "b" }],
    ["hostAliases", { ip: "1.1.1.1" }, { ip: "2.2.2.2" }],
    [
      "topologySpreadConstraints",
      { topologyKey: "zone", whenUnsatisfiable: "A" },
      { topologyKey: "zone", whenUnsatisfiable: "B" },
    ],
    ["resourceClaims", { name: "a" }, { name: "b" }],
    ["subjects", { kind: "User", name: "a" }, { kind: "Group", name: "a" }],
    ["subjects", { kind: "User", namespace: "x", name: "a" }, { kind: "User", namespace: "y", name: "a" }],
    ["subjects", { kind: "User", namespace: "x", name: "a" }, { kind: "User", namespace: "x", name: "b" }],
    ["webhooks", { name: "a" }, { name: "b" }],
    ["configMapGenerator", { name: "a" }, { name: "b" }],
    ["secretGenerator", { name: "a" }, { name: "b" }],
    ["ports", { port: new NumberText("1.0") }, { port: new NumberText("1.00") }],
    ["subjects", { kind: { a: 1 }, name: "a" }, { kind: { a: 2 }, name: "a" }],
  ])("is %s, by what tells its items apart", (field, one, other) => {
    expect(alignLists({ [field]: [one, other] }, { [field]: [other, one] })).toEqual({
      base: { [field]: [other, one] },
      moved: 2,
    });
  });

  it.each([
    ["a list that runs in order", "initContainers", { name: "a" }, { name: "b" }],
    ["a list that nobody knows", "toString", { name: "a" }, { name: "b" }],
    ["one with two items of one name", "containers", { name: "a", image: "1" }, { name: "a", image: "2" }],
    ["one with an item without name", "containers", { name: "a" }, { image: "b" }],
    ["one with an empty name", "containers", { name: "a" }, { name: "" }],
    ["one with texts", "containers", "a", "b"],
    ["variables that read others", "env", { name: "a", value: "$(b)" }, { name: "b" }],
  ])("is not %s (%s)", (_, field, one, other) => {
    expect(alignLists({ [field]: [one, other] }, { [field]: [other, one] })).toEqual({
      base: { [field]: [one, other] },
      moved: 0,
    });
  });
});

describe("a list whose order counts", () => {
  it("aligns what stands in its items by their places, when there are as many", () => {
    const item = (...env: readonly string[]) => ({ env: named(...env) });
    expect(aligned([item("A", "B"), 1], [item("B", "A"), 2], "steps")).toEqual([item("B", "A"), 1]);
    expect(aligned([item("A", "B")], [item("B", "A"), 2], "steps")).toEqual([item("A", "B")]);
  });
});

describe("the name of a list's item in a path", () => {
  const stepOf = (item: Value) => emitYaml({ list: [1, item] }).tree.steps[3];

  it("is the first that it has of the fields that name things", () => {
    const fields = [
      ...["name", "key", "id", "containerPort", "mountPath", "devicePath", "port", "host", "path", "ip"],
      ...["topologyKey", "type", "uid"],
    ];
    for (const [index, field] of fields.entries()) {
      const left = fields.slice(index).toReversed();
      expect(stepOf(Object.fromEntries(left.map((one) => [one, `the ${one}`])))).toBe(`[the ${field}]`);
    }
  });

  it.each<readonly [Value, string]>([
    [{ port: 80 }, "[80]"],
    [{ name: "", port: 80 }, "[80]"],
    [{ name: true }, "[1]"],
    [{ metadata: { name: "data" } }, "[data]"],
    [{ metadata: {} }, "[1]"],
    ["text", "[1]"],
    [null, "[1]"],
  ])("of %j is %s", (item, step) => {
    expect(stepOf(item)).toBe(step);
  });
});
