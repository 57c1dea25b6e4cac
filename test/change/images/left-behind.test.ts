import { describe, expect, it } from "vitest";
import { leftBehind, mentionsOf } from "../../../src/change/images/left-behind.ts";
import { toItems } from "../../../src/diff/item.ts";
import { parseImage } from "../../../src/edit/find/index.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";

const digest = `sha256:${"ab".repeat(32)}`;

function object(spec: Json, kind = "Widget"): JsonObject {
  return { apiVersion: "acme.com/v1", kind, metadata: { name: "w" }, spec };
}

/** The places that still have one of these images. */
function left(spec: Json, ...replaced: readonly string[]): readonly string[] {
  const images = replaced.flatMap((text) => parseImage(text) ?? []);
  return leftBehind(toItems([{ object: object(spec) }]), images).map(({ place, image }) => {
    return `${place}: ${image.name} ${image.tag}`;
  });
}

/** A value this many maps deep. */
function nested(depth: number, value: Json): Json {
  return depth === 0 ? value : { a: nested(depth - 1, value) };
}

describe("a version that was replaced", () => {
  it("is left behind in fields, lists and texts, and as a name and a version side by side", () => {
    const spec = {
      ref: "acme/web:1",
      args: ["--image=acme/web:1", ["run acme/web:1, then acme/db:2."]],
      pair: { name: "acme/web", version: "1" },
      other: "acme/web:2",
    };
    expect(left(spec, "acme/web:1", "acme/db:2", "acme/web:1")).toEqual([
      "`spec.ref` of Widget `w`: acme/web 1",
      "`spec.args[0]` of Widget `w`: acme/web 1",
      "`spec.args[1][0]` of Widget `w`: acme/web 1",
      "`spec.pair` of Widget `w`: acme/web 1",
    ]);
  });

  it("is called as images are called where it is one", () => {
    const spec = { image: "acme/web:1", containers: [{ name: "c", image: "acme/web:1" }] };
    const parts = { image: { repository: "acme/web", tag: "1" } };
    expect(left(spec, "acme/web:1").toSorted()).toEqual([
      "`spec.image` of Widget `w`: acme/web 1",
      "container `c`: acme/web 1",
    ]);
    expect(left(parts, "acme/web:1")).toEqual(["`spec.image.tag` of Widget `w`: acme/web 1"]);
  });

  it.each([
    ["acme/web:1", true],
    ["(acme/web:1)", true],
    ["xacme/web:1 acme/web:1", true],
    ["acme/web:1.", true],
    ["acme/web:1@x", true],
    ["r.io/acme/web:1", false],
    ["r-acme/web:1", false],
    ["acme/web:1.2", false],
    ["acme/web:1-rc", false],
    ["acme/web:12", false],
    [`acme/web:1@${digest}`, false],
    [`${"x".repeat(4_086)} acme/web:1`, false],
    [`${"x".repeat(4_085)} acme/web:1`, true],
  ])("is left behind as a word of its own: %j", (text, is) => {
    expect(left({ text }, "acme/web:1")).toHaveLength(is ? 1 : 0);
  });

  it.each([
    ["without its version", { a: "acme/web", b: "2" }],
    ["without its name", { a: "1" }],
    ["deeper than sixty levels", nested(60, "acme/web:1")],
  ])("is not left behind %s", (_, spec) => {
    expect(left(spec, "acme/web:1")).toEqual([]);
  });

  it("is told of twenty times at most, and not at all where it says no version", () => {
    expect(left(nested(59, "acme/web:1"), "acme/web:1")).toHaveLength(1);
    expect(left(Array(21).fill("acme/web:1"), "acme/web:1")).toHaveLength(20);
    expect(left("acme/web", "acme/web")).toEqual([]);
    expect(left({ a: `acme/web@${digest}`, b: "acme/web" }, `acme/web@${digest}`)).toHaveLength(1);
  });
});

describe("the fields that mention an image", () => {
  it("are three at most, in whatever version", () => {
    const items = toItems([{ object: object({ a: "acme/web:1", b: ["acme/web"], c: "acme/web2" }) }]);
    expect(mentionsOf(items, "acme/web")).toEqual(["`spec.a` of Widget `w`", "`spec.b[0]` of Widget `w`"]);
    const many = toItems([{ object: object(Array(5).fill("acme/web:1")) }]);
    expect(mentionsOf(many, "acme/web")).toEqual([0, 1, 2].map((at) => `\`spec[${at}]\` of Widget \`w\``));
  });
});
