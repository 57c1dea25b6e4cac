import { describe, expect, it } from "vitest";
import { parseYaml, type YamlEdit } from "../../../src/edit/splice/index.ts";
import { bytesOf, edit, insert, refusal, remove, set, userError } from "./support/edits.ts";

type Case = readonly [name: string, before: string, edits: readonly YamlEdit[], after: string];

describe("what is added", () => {
  it.each<Case>([
    ["to a list has its gap", "l:\n-   a\n", [insert(["l", "-"], "b")], "l:\n-   a\n-   b\n"],
    ["to a list of empty items", "l:\n-\n", [insert(["l", "-"], "b")], "l:\n-\n- b\n"],
    ["to a flow list", "l: [a]\n", [insert(["l", "-"], "b")], "l: [a, b]\n"],
    ["to a narrow flow list", "l: [a,b]\n", [insert(["l", "-"], "c")], "l: [a,b,c]\n"],
    ["to a flow list with a comma at its end", "l: [a,]\n", [insert(["l", "-"], "b")], "l: [a, b,]\n"],
    ["behind a blank and a comma", "l: [a ,]\n", [insert(["l", "-"], "b")], "l: [a , b,]\n"],
    [
      "to lines in brackets, behind the comment",
      "l: [\n  a, # one\n  b # two\n]\n",
      [insert(["l", "-"], "c")],
      "l: [\n  a, # one\n  b, # two\n  c\n]\n",
    ],
    [
      "to lines in brackets with a comma at their end",
      "l: [\n  a, # one\n  b, # two\n]\n",
      [insert(["l", "-"], "c")],
      "l: [\n  a, # one\n  b, # two\n  c,\n]\n",
    ],
    [
      "to lines in brackets without comments",
      "l: [\n  a,\n  b\n]\n",
      [insert(["l", "-"], "c"), insert(["l", "-"], "d")],
      "l: [\n  a,\n  b,\n  c,\n  d\n]\n",
    ],
    ["to a flow map", "m: { a: 1 }\n", [insert(["m", "b"], "x")], "m: { a: 1, b: x }\n"],
    ["to an empty flow map", "m: {}\n", [insert(["m", "b"], "x")], "m: { b: x }\n"],
    ["to an empty flow list", "l: []\n", [insert(["l", "-"], "x"), insert(["l", "-"], "z")], "l: [x, z]\n"],
    ["behind a value and before its comment", "l: [a # one\n]\n", [insert(["l", "-"], "b")], "l: [a, b # one\n]\n"],
    ["behind a comma and before its comment", "l: [a, # one\n]\n", [insert(["l", "-"], "b")], "l: [a, b, # one\n]\n"],
    ["behind a comma on its own line", "l: [a\n  , ]\n", [insert(["l", "-"], "b")], "l: [a\n  , b, ]\n"],
    ["to a flow map with a comma at its end", "m: { a: 1, }\n", [insert(["m", "b"], 2)], "m: { a: 1, b: 2, }\n"],
    ["behind a key without a value", "m: { a }\n", [insert(["m", "b"], 2)], "m: { a, b: 2 }\n"],
    ["behind a key without a value and a comma", "m: { a, }\n", [insert(["m", "b"], 2)], "m: { a, b: 2, }\n"],
    ["to lines in brackets of CRLF", "l: [\r\n  a\r\n]\r\n", [insert(["l", "-"], "b")], "l: [\r\n  a,\r\n  b\r\n]\r\n"],
    ["in quotes to braces with quotes", 'm: { "a": 1 }\n', [insert(["m", "b"], "x")], 'm: { "a": 1, "b": "x" }\n'],
    [
      "in quotes to a list in braces with quotes",
      'm: { "a": [1] }\n',
      [insert(["m", "a", "-"], "x")],
      'm: { "a": [1, "x"] }\n',
    ],
    ["as wide as its list is", "x: [a,b]\nl: [c, d]\n", [insert(["l", "-"], "e")], "x: [a,b]\nl: [c, d, e]\n"],
    ["as a key that needs quotes", "m: { a: 1 }\n", [insert(["m", "k, l"], 1)], 'm: { a: 1, "k, l": 1 }\n'],
    ["twice to narrow JSON", '{"a":{}}\n', [insert(["a", "c"], 1), insert(["a", "d"], 2)], '{"a":{"c":1,"d":2}}\n'],
    ["twice to an empty narrow list", '{"a":[]}\n', [insert(["a", "-"], 1), insert(["a", "-"], 2)], '{"a":[1,2]}\n'],
    ["to a list of block scalars", "l:\n- |\n  x\n", [insert(["l", "-"], "b")], "l:\n- |\n  x\n- b\n"],
    ["behind explicit keys", "? a\n: 1\n", [insert(["b"], 1)], "? a\n: 1\nb: 1\n"],
    ["behind an empty value", "m:\n  a:\nb: 1\n", [insert(["m", "c"], 1)], "m:\n  a:\n  c: 1\nb: 1\n"],
    ["behind an empty list", "m:\n  a: []\nb: 1\n", [insert(["m", "c"], 1)], "m:\n  a: []\n  c: 1\nb: 1\n"],
    [
      "below two maps, first the inner",
      "a:\n  b: 1",
      [insert(["d"], 1), insert(["a", "c"], 1)],
      "a:\n  b: 1\n  c: 1\nd: 1",
    ],
    ["to JSON", '{"a":1,"b":2}\n', [insert(["c"], "x")], '{"a":1,"b":2,"c":"x"}\n'],
    ["to an empty map of narrow JSON", '{"a":{}}\n', [insert(["a", "c"], "x")], '{"a":{"c":"x"}}\n'],
    ["to an empty list of wide JSON", '{"a": [], "b": 1}\n', [insert(["a", "-"], "x")], '{"a": ["x"], "b": 1}\n'],
    ["to an empty list of JSON", '{"a": []}\n', [insert(["a", "-"], { b: ["c", 1] })], '{"a": [{"b": ["c", 1]}]}\n'],
    ["to the end of a file without a newline", "a: 1", [insert(["b"], "x")], "a: 1\nb: x"],
    ["to the end of a file of CRLF", "a: 1\r\nb: 2", [insert(["c"], "x")], "a: 1\r\nb: 2\r\nc: x"],
    ["in the indent of the document", "a:\n    b: 1\n", [insert(["c", "d"], "x")], "a:\n    b: 1\nc:\n    d: x\n"],
    [
      "with lists indented as in the document",
      "a:\n  b: 1\nl:\n    - x\n",
      [insert(["m", "-"], "x"), insert(["o", "p"], "z")],
      "a:\n  b: 1\nl:\n    - x\nm:\n    - x\no:\n  p: z\n",
    ],
    ["with lists at the column of their key", "l:\n- x\n", [insert(["m", "o"], ["z"])], "l:\n- x\nm:\n  o:\n  - z\n"],
    [
      "by the first map, not a deeper one",
      "a:\n  b:\n     c: 1\n",
      [insert(["d", "e"], 1)],
      "a:\n  b:\n     c: 1\nd:\n  e: 1\n",
    ],
    [
      "by the first list, not a later one",
      "a:\n- x\nb:\n  - y\n",
      [insert(["c"], [1])],
      "a:\n- x\nb:\n  - y\nc:\n- 1\n",
    ],
  ])("%s", (_, before, edits, after) => {
    expect(edit(before, ...edits).text).toBe(after);
  });
});

describe("what fills a null", () => {
  it.each<Case>([
    ["with a map", "a:\nb: 1\n", [insert(["a", "c"], "x")], "a:\n  c: x\nb: 1\n"],
    ["with a map, in place of a tilde", "a: ~ # why\nb: 1\n", [insert(["a", "c"], "x")], "a: # why\n  c: x\nb: 1\n"],
    ["with a list", "a: null\n", [insert(["a", "-"], "x")], "a:\n  - x\n"],
    [
      "with a map, in place of a tilde below",
      "a:\n  ~ # why\nb: 1\n",
      [insert(["a", "c"], 1)],
      "a: # why\n  c: 1\nb: 1\n",
    ],
    ["with a map, above comments", "a: # why\n# b\nb: 1\n", [insert(["a", "c"], 1)], "a: # why\n  c: 1\n# b\nb: 1\n"],
    [
      "with a map and a list, each in its indent",
      "x:\n  y: 1\nl:\n- a\nb:\nc:\n",
      [insert(["b", "k"], 1), insert(["c", "-"], 1)],
      "x:\n  y: 1\nl:\n- a\nb:\n  k: 1\nc:\n- 1\n",
    ],
    [
      "with a map in an indented list",
      "l:\n  - ~\n",
      [insert(["l", 0, "c"], 1), insert(["l", 0, "d"], 2)],
      "l:\n  - c: 1\n    d: 2\n",
    ],
    ["written as Null and NULL", "a: Null\nb: NULL\n", [insert(["a"], 1), insert(["b"], 2)], "a: 1\nb: 2\n"],
    ["with a scalar", "a: ~\n", [insert(["a"], "x")], "a: x\n"],
    ["with an empty map", "a:\n", [insert(["a"], {})], "a: {}\n"],
    ["in a flow map", "m: { a: , b: 1 }\n", [insert(["m", "a", "c"], "x")], "m: { a: { c: x }, b: 1 }\n"],
    ["in JSON", '{"a": null}\n', [insert(["a", "c"], "x")], '{"a": {"c": "x"}}\n'],
    [
      "with a map in a list",
      "l:\n-\n- b\n",
      [insert(["l", 0, "c"], "x"), insert(["l", 0, "d"], "z")],
      "l:\n- c: x\n  d: z\n- b\n",
    ],
    [
      "with a map in a list, in place of a tilde",
      "l:\r\n- ~\r\n",
      [insert(["l", 0, "c"], 1), insert(["l", 0, "d"], 2)],
      "l:\r\n- c: 1\r\n  d: 2\r\n",
    ],
    ["in an empty document with a null", "~\n", [insert(["a"], 1)], "\na: 1\n"],
  ])("%s", (_, before, edits, after) => {
    expect(edit(before, ...edits).text).toBe(after);
  });

  it("is refused where others use it", () => {
    expect(refusal("a: &n\nb: *n\n", insert(["a", "c"], "x")).message).toContain("&n");
    expect(refusal("a: &n ~\nb: *n\n", insert(["a"], "x")).message).toContain("&n");
  });
});

describe("what is removed", () => {
  it.each<Case>([
    ["a key and its comment", "a: 1\nb: 2 # x\nc: 3\n", [remove(["b"])], "a: 1\nc: 3\n"],
    ["a block scalar", "a: |\n  x\n\nb: 1\n", [remove(["a"])], "\nb: 1\n"],
    ["the last key without a newline", "a: 1\nb: |\n  x", [remove(["b"])], "a: 1"],
    ["an item that starts on its dash's line", "- a: 1\n\n  b: 2\n", [remove([0, "a"])], "- b: 2\n"],
    ["an item in the middle of lines", "- a\n- b\n- c\n", [remove([1])], "- a\n- c\n"],
    ["all keys below a key", "m:\n  a: 1\n  b: 2\nc: 3\n", [remove(["m", "a"]), remove(["m", "b"])], "m: {}\nc: 3\n"],
    ["all keys of the document", "a: |\n  x\n", [remove(["a"])], "{}\n"],
    ["all items in the item of a list", "- - a\n- b\n", [remove([0, 0])], "- []\n- b\n"],
    ["the first and the last of a flow map", "{ a: 1, b: 2, c: 3 }\n", [remove(["a"]), remove(["c"])], "{ b: 2 }\n"],
    ["a key behind an anchor", "&x a: 1\nb: 2\n", [remove(["a"])], "b: 2\n"],
    ["an explicit key", "? a\n: 1\n? b\n: 2\n", [remove(["b"])], "? a\n: 1\n"],
    ["a key without a value", "{ a: 1, b }\n", [remove(["b"])], "{ a: 1 }\n"],
    ["an item without a value", "- a\n-\n- b\n", [remove([1])], "- a\n- b\n"],
    ["a first key and an item's rest", "- a: 1\n  b: 2\n- c\n", [remove([0, "a"]), remove([1])], "- b: 2\n"],
    ["two in the middle of a flow list", "[a, b, c, d]\n", [remove([1]), remove([2])], "[a, d]\n"],
    ["an item before a comment in the list", "[a, b, c # x\n]\n", [remove([0])], "[b, c # x\n]\n"],
    ["all of a flow map", "{ a: 1, b: 2 }\n", [remove(["a"]), remove(["b"])], "{}\n"],
  ])("%s", (_, before, edits, after) => {
    expect(edit(before, ...edits).text).toBe(after);
  });
});

describe("what is set", () => {
  it.each<Case>([
    ["behind a tag", "a: !!str\n", [set(["a"], "x")], "a: !!str x\n"],
    ["behind a tag in a list", "- !!str\n", [set([0], "x")], "- !!str x\n"],
    ["with the tag of any text", "a: ! x\n", [set(["a"], "y")], 'a: ! "y"\n'],
    ["in single quotes, as far as these hold it", "a: 'x'\n", [set(["a"], "x\ny")], 'a: "x\\ny"\n'],
    ["on lines with an empty one", "a: |\n  x\n", [set(["a"], "y\n\nz\n")], "a: |\n  y\n\n  z\n"],
    ["beside a key `<<` in quotes", "'<<': 1\n", [set(["<<"], "x")], "'<<': x\n"],
  ])("%s", (_, before, edits, after) => {
    expect(edit(before, ...edits).text).toBe(after);
  });
});

describe("an edit in one step", () => {
  it.each<readonly [string, string, readonly YamlEdit[], string]>([
    ["cannot empty a map and add to it", "a: 1\n", [remove(["a"]), insert(["b"], 1)], "Do it in two steps."],
    ["cannot empty a flow map and add to it", "{ a: 1 }\n", [remove(["a"]), insert(["b"], 1)], "Do it in two."],
    ["cannot add an item beyond the end", "l: [a]\n", [insert(["l", 3], "x")], "Name an item of the list, or its end."],
    [
      "cannot add an item before the end",
      "l: [a]\n",
      [insert(["l", -1], "x")],
      "Name an item of the list, or its end.",
    ],
    ["cannot add half an item", "l: [a]\n", [insert(["l", 1.5], "x")], "Name an item of the list, or its end."],
    ["cannot add a key to a list", "l: [a]\n", [insert(["l", "k"], "x")], "Name an item of the list, or its end."],
    [
      "cannot add a list where it adds a map",
      "a: 1\n",
      [insert(["b", "c"], 1), insert(["b", "-"], 1)],
      "Change it once.",
    ],
    [
      "cannot add a map where it adds a list",
      "a: 1\n",
      [insert(["b", "-"], 1), insert(["b", "c"], 1)],
      "Change it once.",
    ],
    ["cannot add a value where it adds a map", "a: 1\n", [insert(["b", "c"], 1), insert(["b"], 1)], "Change it once."],
    ["cannot add below a value that it adds", "a: 1\n", [insert(["b"], 1), insert(["b", "c"], 1)], "Change it once."],
    ["cannot add an item with a gap", "a: 1\n", [insert(["b", 1], 1)], "Change it once."],
    ["cannot set below a scalar", "a: 1\n", [set(["a", "b"], 1)], "Name a path that is there."],
    ["cannot set below a null", "a: ~\n", [set(["a", "b"], 1)], "Add it, or name what is there."],
    ["cannot add below a scalar", "a: 1\n", [insert(["a", "b"], 1)], "Name a path that is there."],
    ["cannot set a list", "a: []\n", [set(["a"], 1)], "Name a path that is there."],
    ["cannot remove a document", "a: 1\n", [remove([])], "Remove the file."],
    ["cannot add below a key without a colon", "{ a, b: 1 }\n", [insert(["a", "c"], 1)], "Write `key: value` there."],
  ])("%s", (_, before, edits, fix) => {
    expect(refusal(before, ...edits).fix).toBe(fix);
  });
});

describe("a file of YAML", () => {
  it("has aliases that stand for so much, through other aliases too", () => {
    const twenty = (text: string) => `[${Array(20).fill(text).join(", ")}]`;
    const levels = ["a", "b", "c", "d", "e"].map(
      (name, index, all) => `${name}: &${name} ${twenty(`*${all[index - 1]}`)}\n`,
    );
    const bomb = `a: &a ${twenty("x")}\n${levels.slice(1).join("")}`;
    expect(userError(() => read(bomb)).message).toBe("f.yaml cannot be read: its aliases stand for too much");
    expect(read(bomb.split("\n").slice(0, 4).join("\n")).documents).toBe(1);
  });

  const read = (text: string) => parseYaml("f.yaml", bytesOf(text));

  it("may have brackets after brackets, and only so many in each other", () => {
    expect(read(`[${"[], {}, ".repeat(1_000)}]`).documents).toBe(1);
    expect(userError(() => read(`${"[".repeat(501)}${"]".repeat(501)}`)).message).toBe(
      "f.yaml cannot be read: it is nested too deeply",
    );
    expect(userError(() => read(`${"{a: ".repeat(501)}`)).message).toBe(
      "f.yaml cannot be read: it is nested too deeply",
    );
    expect(read(`${"[".repeat(201)}${"]".repeat(201)}`).documents).toBe(1);
    expect(userError(() => read(`${"[".repeat(202)}${"]".repeat(202)}`)).message).toBe(
      "f.yaml cannot be read: it is nested more than 200 levels deep",
    );
  });
});
