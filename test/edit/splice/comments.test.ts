import { describe, expect, it } from "vitest";
import { commentsWith, parseYaml } from "../../../src/edit/splice/index.ts";

/** Paths of what comments with `@` are about, in order; `-` for nothing. */
function about(text: string): readonly string[] {
  const described = (written: string) =>
    commentsWith(parseYaml("f.yaml", Buffer.from(written)), "@").map((comment) => {
      const value = comment.value();
      return value === undefined
        ? "-"
        : `${value.path.join(".")}=${value.node.kind === "scalar" ? value.node.value : value.node.kind}`;
    });
  const found = described(text);
  expect(described(text.replaceAll("\n", "\r\n"))).toEqual(found);
  expect(described(`\uFEFF${text}`)).toEqual(found);
  return found;
}

describe("a comment is about", () => {
  it.each([
    ["the value before it on its line", "a: 1 # @\nb: 2\n", ["a=1"]],
    ["the value in quotes before it", 'a: "x # y" # @\n', ["a=x # y"]],
    ["the value below its key's line", "a: # @\n  v1\n", ["a=v1"]],
    ["the value below it and its key", "a:\n  # @\n  # more\n  v1\n", ["a=v1"]],
    ["the value behind an anchor or a tag", "a: &x # @\n  v1\nb: !!str # @\n  v2\n", ["a=v1", "b=v2"]],
    ["the null before it", "a: # @\nb: ~ # @\nc: 1\n", ["a=null", "b=null"]],
    ["an alias, with what that stands for", "a: &x v1\nb: *x # @\nc: &m { k: v }\nd: *m # @\n", ["b=v1", "d=map"]],
    ["a text of several lines at its end", "a: one\n  two # @\n", ["a=one two"]],
    ["a block of lines, on its first line", "a: | # @\n  x # @\nb: >- # @\n  y\n", ["a=x # @\n", "b=y"]],
    ["the item before it", "- v1 # @\n- - v2 # @\n", ["0=v1", "1.0=v2"]],
    ["the item behind its dash", "- # @\n  v1\n- - # @\n    v2\n", ["0=v1", "1.0=v2"]],
    ["the item below it", "a:\n  # @\n  - v1\n  # @\n  - v2\n", ["a.0=v1", "a.1=v2"]],
    ["the value before the comma", "{ a: v1, # @\n  b: [ v2, # @\n  v3 # @\n  ] }\n", ["a=v1", "b.0=v2", "b.1=v3"]],
    ["a value whose key is in quotes", "'a # @': v1 # @\n", ["a # @=v1"]],
    ["the value of an explicit key", "? a\n: v1 # @\n", ["a=v1"]],
    ["a document's only value", "a: 1\n---\nv1 # @\n", ["=v1"]],
    ["a value of its own document", "a: 1 # @\n---\n---\nb: 2 # @\n", ["a=1", "b=2"]],
  ])("%s", (_, text, paths) => {
    expect(about(text)).toEqual(paths);
  });

  it.each([
    ["where it is on a line of its own above a key", "# @\na: 1\n# @\nb: 2\n"],
    ["behind braces", "a: { b: 1 } # @\nc: [1] # @\n"],
    ["behind the first brace", "a: { # @\n  b: 1 }\nc: [ # @\n  1 ]\n"],
    ["above a map or a list", "a: # @\n  b: 1\nc: # @\n  - 1\n"],
    ["above a map in a list", "- # @\n  a: 1\n# @\n- b: 2\n"],
    ["behind a key in braces' place", "? { a: 1 } # @\n: 1\n"],
    ["at a document's mark and its end", "--- # @\na: 1\n# @\n... # @\n"],
    ["in an empty file", "# @\n"],
  ])("no value %s", (_, text) => {
    const found = about(text);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set(["-"]));
  });

  it.each([
    ["in quotes", "a: '# @'\nb: \" # @\"\n"],
    ["in a plain text", "a: x#@\nb: x\n  y#@ z\n"],
    ["in a block of lines", "a: |\n  # @\n  x # @\nb: 1\n"],
    ["in a key", "'# @': 1\n"],
    ["in an anchor", "a: &x#@ 1\n"],
  ])("nothing when it is none: text %s", (_, text) => {
    expect(about(text)).toEqual([]);
  });

  it("found once, with its text and its line", () => {
    const found = commentsWith(parseYaml("f.yaml", Buffer.from("a: 1\nb: 2 \t## @ and @ # @ \r\nc: 3 # other\n")), "@");
    expect(found).toMatchObject([{ text: "# @ and @ # @ ", line: 2, document: 0 }]);
  });
});
