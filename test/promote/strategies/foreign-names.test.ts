import { describe, expect, it } from "vitest";
import type { Resource } from "../../../src/model/render.ts";
import { foreignNames } from "../../../src/promote/strategies/foreign-names.ts";

type Json = Resource["object"];

/** An object of these fields. */
function object(fields: Json, kind = "ConfigMap"): Resource {
  const own = { apiVersion: "v1", kind, metadata: { name: "web", namespace: "shop" } };
  return { object: { ...own, ...fields } };
}

/** What is said of a copy from staging to prod, of objects before and after. */
function said(before: Json, after: Json): readonly string[] {
  return foreignNames([object(before)], [object(after)], { from: "staging", to: "prod" });
}

describe("a copy that names the environment which it comes from", () => {
  it.each<[string, Json, string, string]>([
    ["a value", { data: { db: "db.staging.local" } }, "data.db", "db.staging.local"],
    ["an item of a list", { list: ["x", { url: "s3://staging" }] }, "list[1].url", "s3://staging"],
    ["a field at the top", { type: "staging" }, "type", "staging"],
  ])("is told of %s", (_, after, path, text) => {
    expect(said({}, after)).toEqual([`\`${path}\` of ConfigMap \`web\` names staging in prod: \`${text}\`.`]);
  });

  it.each<[string, Json, Json]>([
    ["the value named it before", { data: { db: "old.staging" } }, { data: { db: "new.staging" } }],
    ["it is a part of another word", {}, { data: { a: "prestaging", b: "staging2", c: "STAGING" } }],
    ["nothing names it", {}, { data: { a: "prod", b: 1, c: null, d: [] } }],
  ])("is told of nothing where %s", (_, before, after) => {
    expect(said(before, after)).toEqual([]);
  });

  it("is told of again where another value named it before", () => {
    expect(said({ data: { a: "staging" } }, { data: { a: "staging", b: "staging" } })).toEqual([
      "`data.b` of ConfigMap `web` names staging in prod: `staging`.",
    ]);
    const other: Resource = {
      object: { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, a: "staging" },
    };
    expect(foreignNames([other], [object({ a: "staging" })], { from: "staging", to: "prod" })).toHaveLength(1);
  });

  it("says nothing of Secrets, nor of namespaces, which the copy looks at itself", () => {
    const secret = object({ stringData: { a: "staging" } }, "Secret");
    const moved = object({ metadata: { name: "web", namespace: "staging" } });
    expect(foreignNames([], [secret, moved], { from: "staging", to: "prod" })).toEqual([]);
  });

  it.each([
    [5, []],
    [6, ["And 1 more value names staging."]],
    [8, ["And 3 more values name staging."]],
  ])("is told of five of %i values", (count, more) => {
    const data = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "staging"]));
    const sentences = said({}, { data });
    expect(sentences).toHaveLength(5 + more.length);
    expect(sentences.slice(5)).toEqual(more);
  });

  it("is looked at only so deep", () => {
    const nested = (depth: number): Json => (depth === 0 ? { a: "staging" } : { a: nested(depth - 1) });
    expect(said({}, nested(59))).toHaveLength(1);
    expect(said({}, nested(60))).toHaveLength(0);
  });
});
