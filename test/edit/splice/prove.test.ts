import { describe, expect, it } from "vitest";
import { extents } from "../../../src/edit/splice/extent.ts";
import { parseSource } from "../../../src/edit/splice/parse.ts";
import { planEdits } from "../../../src/edit/splice/plan-edits.ts";
import { isPart, proves } from "../../../src/edit/splice/prove.ts";
import type { PlainEdit, YamlText } from "../../../src/edit/splice/types.ts";
import { insert, remove, set } from "./support/edits.ts";

function parsed(text: string): YamlText {
  return parseSource({ path: "f.yaml", text, marked: false }, { tokens: true });
}

/** Whether a text is proven to be another one after edits. */
function isProven(before: string, edits: readonly PlainEdit[], after: string): boolean {
  const yaml = parsed(before);
  return proves(yaml, planEdits(yaml, edits), parsed(after));
}

describe("a text after edits", () => {
  it.each<[string, string, readonly PlainEdit[], string]>([
    ["the same text", "a: 1\n", [], "a: 1\n"],
    ["the same values with other blanks and comments", "a: 1\nb: [x,y]\n", [], "# c\na:   1\n\nb: [ x, y ]\n"],
    ["an empty text", "", [], "# c\n"],
    ["an empty text with a value", "", [insert(["a"], "x")], "a: x\n"],
    ["a list with holes", "- 1\n-\n", [], "- 1\n-\n"],
    ["aliases of the same anchors", "a: &x 1\nb: *x\n", [], "a: &x 1\nb: *x\n"],
    [
      "aliases of a name that is used twice",
      "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
      [],
      "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
    ],
    ["a set value in other quotes", "a: 1\n", [set(["a"], "x")], "a: 'x'\n"],
    ["a set value with its tag and anchor", "a: &x !!str 1\n", [set(["a"], "x")], "a: &x !!str 'x'\n"],
    ["a date, which is no number", "a: 2024-01-02\n", [], "a: 2024-01-02\n"],
    ["a date of YAML 1.1", "%YAML 1.1\n---\na: 2024-01-02\n", [], "%YAML 1.1\n---\na: 2024-01-02\n"],
    ["a merge key of YAML 1.1", "%YAML 1.1\n---\nb: { <<: {} }\n", [], "%YAML 1.1\n---\nb: { <<: {} }\n"],
    ["a key without a value", "{ a, b: 1 }\n", [], "{ a, b: 1 }\n"],
    ["a map for a key", "? { a: 1 }\n: 1\n", [], "? { a: 1 }\n: 1\n"],
    ["two added items", "[1]\n", [insert(["-"], 2), insert(["-"], 3)], "[1, 2, 3]\n"],
    ["a merge key", "d: &d { a: 1 }\nb: { <<: *d }\n", [], "d: &d { a: 1 }\nb: { <<: *d }\n"],
    ["an emptied list", "a:\n- 1\n", [remove(["a", 0])], "a: []\n"],
    ["a filled null", "a:\n", [insert(["a", "b"], { c: [1, "x", null] })], "a:\n  b: { c: [1, x, null] }\n"],
    ["an added key and item", "a: [1]\n", [insert(["a", 1], true), insert(["b"], "1")], "a: [1, true]\nb: '1'\n"],
    ["a removed key", "a: 1\nb: 2\n", [remove(["a"])], "b: 2\n"],
    ["a removed item", "- 1\n- 2\n- 3\n", [remove([1])], "- 1\n- 3\n"],
  ])("is %s", (_, before, edits, after) => {
    expect(isProven(before, edits, after)).toBe(true);
  });

  it.each<[string, string, readonly PlainEdit[], string]>([
    ["more documents", "a: 1\n", [], "a: 1\n---\n"],
    ["another first document", "a: 1\n---\nb: 1\n", [set(["b"], 2, 1)], "a: 2\n---\nb: 2\n"],
    ["another second document", "a: 1\n---\nb: 1\n", [set(["a"], 2)], "a: 2\n---\nb: 2\n"],
    ["JSON no more", '{"a": 1}', [set(["a"], "x")], '{"a": x}'],
    ["something in place of nothing", "", [], "a: 1\n"],
    ["nothing in place of something", "a: 1\n", [], ""],
    ["nothing where a value fills an empty text", "", [insert(["a"], "x")], ""],
    ["another value that fills an empty text", "", [insert(["a"], "x")], "a: z\n"],
    ["a value in place of a null", "a:\n", [], "a: 1\n"],
    ["a null written out", "a:\n", [], "a: null\n"],
    ["no value in place of a null", "{ a: , b: 1 }\n", [], "{ a, b: 1 }\n"],
    ["a value in place of none", "{ a, b: 1 }\n", [], "{ a: , b: 1 }\n"],
    ["a value in place of an alias", "a: &x 1\nb: *x\n", [], "a: &x 1\nb: 1\n"],
    ["an alias in place of a value", "a: &x 1\nb: 1\n", [], "a: &x 1\nb: *x\n"],
    ["an alias of another name", "a: &x 1\nb: &y 1\nc: *x\n", [], "a: &x 1\nb: &y 1\nc: *y\n"],
    [
      "an alias of another node of that name",
      "- &x 1\n- [a]\n- *x\n",
      [insert([1, "-"], 1)],
      "- &x 1\n- [a, &x 1]\n- *x\n",
    ],
    ["another anchor", "a: &x 1\n", [], "a: &y 1\n"],
    ["no anchor", "a: &x 1\n", [], "a: 1\n"],
    ["another tag", "a: !!str 1\n", [], "a: !!int 1\n"],
    ["another tag of a kind of one's own", "a: !x 1\n", [], "a: !y 1\n"],
    ["another tag of a map", "a: !x {}\n", [], "a: !y {}\n"],
    ["another version of YAML", "%YAML 1.1\n---\na: 017\n", [], "%YAML 1.2\n---\na: 017\n"],
    ["another value than was set", "a: 1\n", [set(["a"], "x")], "a: z\n"],
    ["a tag on what was set", "a: 1\n", [set(["a"], "x")], "a: !!str x\n"],
    ["a map in place of what was set", "a: 1\n", [set(["a"], "x")], "a: { x: 1 }\n"],
    ["a number in place of the text that was set", "a: x\n", [set(["a"], "1.10")], "a: 1.10\n"],
    ["other quotes", "a: x\n", [], "a: 'x'\n"],
    ["another way to write it", "a: 1.1\n", [], "a: 1.10\n"],
    ["other escapes", 'a: "x"\n', [], 'a: "\\x79"\n'],
    ["a scalar in place of a map", "a: { b: 1 }\n", [], "a: b\n"],
    ["a map in place of a scalar", "a: b\n", [], "a: { b: 1 }\n"],
    ["a list in place of a map", "a: {}\n", [], "a: []\n"],
    ["a list with what the map has", "{ a: 1 }\n", [], "[a: 1]\n"],
    ["a block in place of braces", "a: [1]\n", [], "a:\n- 1\n"],
    ["one item less", "- 1\n- 2\n", [], "- 1\n"],
    ["one item more", "- 1\n", [], "- 1\n- 2\n"],
    ["one key more", "a: 1\n", [], "a: 1\nb: 2\n"],
    ["another item removed", "- 1\n- 2\n- 3\n", [remove([1])], "- 1\n- 2\n"],
    ["another key", "a: 1\n", [], "b: 1\n"],
    ["keys in another order", "a: 1\nb: 1\n", [], "b: 1\na: 1\n"],
    ["another value after a removed key", "a: 1\nb: 2\n", [remove(["a"])], "b: 3\n"],
    ["another added item", "[1]\n", [insert(["-"], 2)], "[1, 3]\n"],
    ["another added key", "a: 1\n", [insert(["b"], 1)], "a: 1\nc: 1\n"],
    ["a collection as an added key", "a: 1\n", [insert(["b"], 1)], "a: 1\n? [b]\n: 1\n"],
    ["another value of an added key", "a: 1\n", [insert(["b"], 1)], "a: 1\nb: 2\n"],
    ["no value of an added key", "{ a: 1 }\n", [insert(["b"], null)], "{ a: 1, b }\n"],
    ["added keys in another order", "a: 1\n", [insert(["b"], 1), insert(["c"], 1)], "a: 1\nc: 1\nb: 1\n"],
    ["a tag on what was added", "a: 1\n", [insert(["b"], "x")], "a: 1\nb: !!str x\n"],
    ["a map in place of an added scalar", "a: 1\n", [insert(["b"], "x")], "a: 1\nb: { x: 1 }\n"],
    ["a scalar in place of an added map", "a: 1\n", [insert(["b"], { x: 1 })], "a: 1\nb: x\n"],
    ["a list in place of an added map", "a: 1\n", [insert(["b"], {})], "a: 1\nb: []\n"],
    ["a map in place of an added list", "a: 1\n", [insert(["b"], [])], "a: 1\nb: {}\n"],
    ["more keys than were added", "a: 1\n", [insert(["b"], { x: 1 })], "a: 1\nb: { x: 1, y: 2 }\n"],
    ["other values than were added", "a: 1\n", [insert(["b"], { x: 1, y: 2 })], "a: 1\nb: { x: 1, y: 3 }\n"],
    ["more items than were added", "a: 1\n", [insert(["b"], [1])], "a: 1\nb: [1, 2]\n"],
    ["other items than were added", "a: 1\n", [insert(["b"], [1, 2])], "a: 1\nb: [1, 3]\n"],
    ["another value that fills a null", "a:\n", [insert(["a", "b"], 1)], "a: { b: 2 }\n"],
  ])("is not %s", (_, before, edits, after) => {
    expect(isProven(before, edits, after)).toBe(false);
  });
});

describe("a part of a text", () => {
  /** Whether a text, at an offset, is the second document of this one. */
  const isDocument = (text: string, offset: number, before = "a: 1\n---\nb: [x, z]\n") =>
    isPart(parsed(before).parsed[1], undefined, parsed(text), offset);

  it("is a document that begins where it begins in the whole", () => {
    expect(isDocument("---\nb: [x, z]\n", 5)).toBe(true);
    expect(isDocument("---\nb: [x, z]\n", 4)).toBe(false);
  });

  it.each([
    ["another document", "---\nb: [x, y]\n"],
    ["two documents", "---\nb: [x, z]\n---\n"],
    ["none", "---\n"],
  ])("is not %s", (_, text) => {
    expect(isDocument(text, 5)).toBe(false);
  });

  it("is nothing of what is not there", () => {
    expect(isDocument("a: 1\n", 0, "a: 1\n")).toBe(false);
    expect(isPart(parsed("").parsed[0], undefined, parsed(""), 0)).toBe(false);
  });

  /** Whether a text is the second item of the collection at the root of this one. */
  const isItem = (before: string, text: string) => {
    const [document] = parsed(before).parsed;
    const root = document?.root;
    if (root === undefined || !("items" in root)) throw new Error("no collection");
    expect(extents(root).length).toBeGreaterThan(1);
    return isPart(document, { collection: root, index: 1 }, parsed(text), 5);
  };

  it.each([
    ["an item of a list", "- a\n- b\n", "- b\n"],
    ["a key of a map", "a: 1\nb: 2\n", "b: 2\n"],
    ["an item that is a list", "- a\n- - b\n  - c\n", "- - b\n  - c\n"],
  ])("is %s alone", (_, before, text) => {
    expect(isItem(before, text)).toBe(true);
  });

  it.each([
    ["another item", "- a\n- b\n", "- a\n"],
    ["another key", "a: 1\nb: 2\n", "a: 2\n"],
    ["another value", "a: 1\nb: 2\n", "b: 3\n"],
    ["a list for a map", "a: 1\nb: 2\n", "- b\n"],
    ["a map for a list", "- a\n- b\n", "b:\n"],
    ["more than the item", "- a\n- b\n", "- b\n- c\n"],
    ["the item without its collection", "- a\n- b\n", "b\n"],
    ["the item in brackets", "- a\n- b\n", "[b]\n"],
    ["nothing", "- a\n- b\n", ""],
  ])("is not %s", (_, before, text) => {
    expect(isItem(before, text)).toBe(false);
  });
});
