import { describe, expect, it } from "vitest";
import { documentAt, parseKey, parseYaml, resolveKey } from "../../../src/edit/index.ts";
import { UserError } from "../../../src/model/errors.ts";

const root = documentAt(
  parseYaml(
    "values.yaml",
    Buffer.from(`
image: { tag: 1.0.0 }
annotations: { "acme.example/version": "2", 'a"b': "3" }
containers:
  - { name: web, image: web:1 }
  - { name: proxy, image: proxy:1 }
versions: { 1: one }
`),
  ),
  0,
);

describe("a key", () => {
  it.each([
    ["image.tag", ["image", "tag"]],
    ['annotations."acme.example/version"', ["annotations", "acme.example/version"]],
    ["containers[1].image", ["containers", 1, "image"]],
    ["containers.1.image", ["containers", 1, "image"]],
    ["containers[name=proxy].image", ["containers", 1, "image"]],
    ["containers[ name = proxy ].image", ["containers", 1, "image"]],
    ["versions.1", ["versions", "1"]],
    ['annotations."a\\"b"', ["annotations", 'a"b']],
  ])("%s leads to the value there", (text, path) => {
    expect(resolveKey(root, parseKey(text))?.path).toEqual(path);
  });

  it.each([
    "image.name",
    "containers[2]",
    "containers[name=none].image",
    "image.tag.more",
    "containers.web",
    "containers.0x1",
  ])("%s leads nowhere", (text) => {
    expect(resolveKey(root, parseKey(text))).toBeUndefined();
  });

  it.each(["", ".", "a..b", 'a."b', "a[", "a]", 'a"b"', "a[b]c", "[]"])(
    "%j is refused with how to write it",
    (text) => {
      expect(() => parseKey(text)).toThrow(UserError);
    },
  );

  it("of hostile length is read in linear time", () => {
    expect(parseKey("a.".repeat(20_000).concat("a"))).toHaveLength(20_001);
    expect(() => parseKey(`${"[".repeat(50_000)}`)).toThrow(UserError);
  });
});
