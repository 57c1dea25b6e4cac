import { describe, expect, it } from "vitest";
import { leftBehind, mentionsOf } from "../../../src/change/images/left-behind.ts";
import { toItems } from "../../../src/diff/item.ts";
import { type ImageReference, parseImage } from "../../../src/edit/find/index.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";

function items(fields: JsonObject, kind = "Cluster", name = "db") {
  return toItems([{ object: { apiVersion: "acme.com/v1", kind, metadata: { name }, ...fields } }]);
}

function reference(text: string): ImageReference {
  return parseImage(text) ?? { name: text, tag: "", digest: "" };
}

/** The places of an object that still have one of these images. */
function places(fields: JsonObject, replaced: readonly string[] = ["acme/web:1"], kind?: string): readonly string[] {
  return leftBehind(items(fields, kind), replaced.map(reference)).map(({ place }) => place);
}

/** A value this many maps deep. */
function nested(depth: number, value: Json): Json {
  return depth === 0 ? value : { a: nested(depth - 1, value) };
}

const digest = `sha256:${"ab".repeat(32)}`;

describe("an image that was replaced is still named", () => {
  it.each<[string, JsonObject, string]>([
    ["by a text", { spec: { note: "acme/web:1" } }, "`spec.note` of Cluster `db`"],
    ["by an argument", { args: ["run", ["--image=acme/web:1"]] }, "`args[1][0]` of Cluster `db`"],
    ["by a name beside a version", { proxy: { from: "acme/web", at: 1 } }, "`proxy` of Cluster `db`"],
    ["by a known image in parts", { image: { repository: "acme/web", tag: "1" } }, "`image.tag` of Cluster `db`"],
    ["by a container", { spec: { containers: [{ name: "c", image: "acme/web:1" }] } }, "container `c`"],
  ])("%s", (_, fields, place) => {
    expect(places(fields, undefined, place.startsWith("container") ? "Pod" : undefined)).toEqual([place]);
  });

  it("tells which of the images it is", () => {
    const found = leftBehind(items({ a: "acme/log:2", b: "acme/web:1" }), ["acme/web:1", "acme/log:2"].map(reference));
    expect(found.map(({ image }) => image)).toEqual([reference("acme/log:2"), reference("acme/web:1")]);
  });

  it.each([
    ["acme/web:1", true],
    ["image=acme/web:1,other", true],
    ['"acme/web:1"', true],
    ["from acme/web:1.", true],
    ["acme/web:10 and acme/web:1", true],
    ["acme/web:10", false],
    ["acme/web:1.2", false],
    ["acme/web:1-alpine", false],
    ["acme/web:1/x", false],
    [`acme/web:1@${digest}`, false],
    ["ghcr.io/acme/web:1", false],
    ["xacme/web:1", false],
    ["my-acme/web:1", false],
    ["acme/web:2", false],
  ])("in %j, as a word of its own: %s", (text, is) => {
    expect(places({ text })).toHaveLength(is ? 1 : 0);
  });

  it("but not by a name or a version alone, nor where it was replaced by nothing", () => {
    expect(places({ a: { x: "acme/web", y: "2" }, b: { x: "acme/log", y: "1" }, c: ["acme/web", "1"] })).toEqual([]);
    expect(places({ a: { x: "acme/web", y: "" } }, [`acme/web@${digest}`])).toEqual([]);
    expect(places({ a: "acme/web" }, ["acme/web"])).toEqual([]);
    expect(places({ a: "acme/web:1" }, [])).toEqual([]);
  });

  it("is looked for in texts of bounded length, so deep, and in twenty places", () => {
    const text = (length: number) => `${"x".repeat(length - 11)} acme/web:1`;
    expect(places({ a: text(4_096) })).toHaveLength(1);
    expect(places({ a: text(4_097) })).toHaveLength(0);
    expect(places({ a: nested(59, "acme/web:1") })).toHaveLength(1);
    expect(places({ a: nested(60, "acme/web:1") })).toHaveLength(0);
    const many = (count: number) => ({ a: Array.from({ length: count }, () => "acme/web:1") });
    expect(places(many(19), ["acme/web:1", "acme/web:1"])).toHaveLength(19);
    expect(places(many(21))).toHaveLength(20);
  });
});

describe("fields that name an image in whatever version", () => {
  const all = [
    ...items({ spec: { values: "image: acme/web:3" } }, "HelmRelease", "shop"),
    ...items({ a: "acme/web", b: ["acme/web@sha256:1", "acme/website:1"], c: "acme/web:2" }),
  ];

  it("are up to three", () => {
    expect(mentionsOf(all.slice(0, 1), "acme/web")).toEqual(["`spec.values` of HelmRelease `shop`"]);
    expect(mentionsOf(all, "acme/web")).toEqual([
      "`spec.values` of HelmRelease `shop`",
      "`a` of Cluster `db`",
      "`c` of Cluster `db`",
    ]);
    const four = items({ a: "acme/web", b: "acme/web", c: "acme/web", d: "acme/web" });
    expect(mentionsOf(four, "acme/web")).toHaveLength(3);
    expect(mentionsOf(all, "acme/log")).toEqual([]);
  });
});
