import { describe, expect, it } from "vitest";
import { byContent, followNames, identifiedAs, isNewContent, renamed } from "../../src/diff/generated-names.ts";
import { toItems } from "../../src/diff/item.ts";
import type { ResourceChange } from "../../src/model/preview.ts";
import { change } from "./support.ts";

const [old, fresh] = ["c-2g4h6k8m9t", "c-7d5f6b8c9t"];

describe("a change of a generated name", () => {
  const from = { apiVersion: "v1", kind: "ConfigMap", namespace: "a", name: old };
  const made = (more: Partial<ResourceChange> = {}) =>
    change("", { kind: "ConfigMap", namespace: "a", name: fresh, from, ...more });

  it.each<readonly [about: string, change: ResourceChange, isNew: boolean]>([
    ["a ConfigMap under another hash", made(), true],
    ["a Secret under another hash", made({ kind: "Secret", from: { ...from, kind: "Secret" } }), true],
    ["another name", made({ name: "d-7d5f6b8c9t" }), false],
    ["a name that had no hash", made({ from: { ...from, name: "c" } }), false],
    ["a name that has no hash", made({ name: "c" }), false],
    ["another namespace", made({ namespace: "b" }), false],
    ["another kind", made({ kind: "Secret" }), false],
    ["a kind whose names are not generated", made({ kind: "Role", from: { ...from, kind: "Role" } }), false],
  ])("is new content, or not: %s", (_, one, isNew) => {
    const shown = byContent(one);
    expect(isNewContent(shown)).toBe(isNew);
    expect(shown).toEqual(isNew ? { ...one, name: "c", from: { ...one.from, name: "c" } } : one);
  });

  it("is none where nothing is renamed", () => {
    const { from: _, ...plain } = made();
    expect(byContent(plain)).toBe(plain);
    expect(isNewContent(plain)).toBe(false);
  });
});

describe("an object as if it were another one", () => {
  it("has its name", () => {
    expect(renamed({ metadata: { name: "a", labels: {} } }, "b")).toEqual({ metadata: { name: "b", labels: {} } });
    expect(renamed({ kind: "x" }, "b")).toEqual({ kind: "x" });
  });

  it("has its kind, name and namespace, and else its own", () => {
    const item = (object: object) => {
      const [one] = toItems([{ object: { ...object } }]);
      if (one === undefined) throw new Error("one item");
      return one;
    };
    const head = item({ apiVersion: "v2", kind: "B", metadata: { name: "b", labels: { l: "2" } }, spec: 2 });
    const base = { apiVersion: "v1", kind: "A", metadata: { name: "a", namespace: "n", labels: { l: "1" } }, spec: 1 };
    expect(identifiedAs(base, head)).toEqual({
      ...{ apiVersion: "v2", kind: "B", metadata: { name: "b", labels: { l: "1" } }, spec: 1 },
    });
    expect(identifiedAs({ ...base, metadata: 1 }, head)).toEqual({ ...base, metadata: 1, apiVersion: "v2", kind: "B" });
    expect(identifiedAs(base, item({ kind: "B" }))).toEqual({ metadata: base.metadata, spec: 1, kind: "B" });
  });
});

describe("references to generated names", () => {
  const names = new Map([[old, fresh]]);

  it("are brought to the new names and counted, at any depth", () => {
    expect(followNames({ a: [{ b: old }, old, 1], c: `${old}-x` }, { a: [] }, names)).toEqual({
      ...{ base: { a: [{ b: fresh }, fresh, 1], c: `${old}-x` }, references: 2 },
    });
  });

  it("stay where the head still has the old name, or there is none", () => {
    const base = { a: old };
    expect(followNames(base, { x: [{ y: old }] }, names)).toEqual({ base, references: 0 });
    expect(followNames(base, {}, new Map())).toEqual({ base, references: 0 });
    expect(followNames(base, {}, new Map([["other", fresh]])).base).toBe(base);
  });
});
