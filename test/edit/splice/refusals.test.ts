import { describe, expect, it } from "vitest";
import type { PlainEdit } from "../../../src/edit/splice/types.ts";
import { edit, insert, refusal, remove, set } from "./support/edits.ts";

const unfit = "a is a block of lines (| or >) that cannot hold the new value";
const anchored = (path: string) => `${path} has the anchor &x, and the places that use *x would change with it`;
const shared = "d: &d\n  tag: a\nw:\n  <<: *d\nv: &v 1.0.0\nx: *v\ny: *d\n";

describe("an edit is refused, with its place and the fix,", () => {
  it.each([
    ["of an alias", set(["x"], "2"), "*v", 6],
    ["below an alias", set(["y", "tag"], "2"), "*d", 7],
    ["of an anchor with other users", set(["v"], "2"), "&v", 5],
    ["below an anchor with other users", set(["d", "tag"], "2"), "&d", 2],
    ["that adds to an anchor with other users", insert(["d", "more"], "2"), "&d", 2],
    ["that removes an anchor with other users", remove(["v"]), "&v", 5],
    ["of what comes through a merge key", set(["w", "tag"], "2"), "<<", 4],
    ["that removes what comes through a merge key", remove(["w", "tag"]), "<<", 4],
    ["of what is not there", set(["w", "none"], "2"), "no w.none", 4],
    ["of a collection", set(["w"], "2"), "a map", 4],
    ["below a scalar", set(["v", "a"], "2"), "&v", 5],
    ["that adds what is there", insert(["v"], "2"), "there already", 5],
    ["of a document that is not there", set(["v"], "2", 3), "no document 3", 8],
  ] as const)("%s", (_, change, reason, line) => {
    const error = refusal(shared, change);
    expect(error.kind).toBe("refused");
    expect(error.message).toContain(reason);
    expect(error.place).toMatchObject({ file: "deploy/kustomization.yaml", line });
    expect(error.fix).not.toBe("");
  });

  it.each<[string, readonly PlainEdit[], string]>([
    [
      "d: &d { tag: a }\nx: *d\n",
      [set(["d", "tag"], 1)],
      "d has the anchor &d, and the places that use *d would change with it",
    ],
    [
      "l: [&d { tag: a }]\nx: *d\n",
      [set(["l", 0, "tag"], 1)],
      "l[0] has the anchor &d, and the places that use *d would change with it",
    ],
    ["- &d x\n- *d\n", [set([1], "z")], "[1] is the alias *d: others would change with it"],
    [
      "d: &d { a: { b: 1 } }\nw: { <<: *d }\n",
      [set(["w", "a", "b"], 1)],
      "w.a comes through a merge key (<<): others would change with it",
    ],
    ["m:\n  k: [1, { l: &x 1 }]\nz: *x\n", [remove(["m"])], anchored("m")],
    ["- - 1\n  - &x 1\n- *x\n", [remove([0])], anchored("[0]")],
    ["? &x k\n: 1\nz: *x\n", [remove(["k"])], anchored("k")],
    ["a: 1 # {{ x }}\n", [set(["a", "b"], 1)], "a is a single value"],
    ["a: [1]\n", [set(["a"], 1)], "a is a list"],
    ["a: {}\n", [set([], 1)], "the document is a map"],
    ["a: { b: 1 }\n", [insert(["a", "b", "c"], 1)], "a.b is a single value"],
    ["a: 1\n", [insert(["a"], 1)], "a is there already"],
    ["a: ~\n", [set(["a"], 1), insert(["a"], 1)], "a is changed twice at once"],
    ["a: ~\n", [insert(["a"], 1), set(["a"], 1)], "a is changed twice at once"],
    ["l: [1]\n", [set(["l", -1], 1)], "there is no l[-1]"],
    ["l: [1]\n", [set(["l", 0.5], 1)], "there is no l[0.5]"],
    ["l: [1]\n", [set(["l", "0"], 1)], "there is no l.0"],
    ["a: !x 1\n", [set(["a"], "2")], "a has the tag !x"],
    ["a: |2\n    x\n", [set(["a"], "y\n")], unfit],
    ["a: |\n\nb: 1\n", [set(["a"], "y\n")], unfit],
    ["a: |\n  x\n", [set(["a"], 5)], unfit],
    ["a: |\n  x\n", [set(["a"], "x\n\n")], unfit],
    ["a: |\n  x\n", [set(["a"], "\nx\n")], unfit],
    ["a: |\n  x\n", [set(["a"], "x\u0007\n")], unfit],
  ])("in whole: %j", (text, edits, message) => {
    expect(refusal(text, ...edits).message).toBe(`deploy/kustomization.yaml: ${message}`);
  });

  it("of edits that go over each other, at the first of them", () => {
    expect(refusal("x: 1\na:\n  b: 1\n", set(["a", "b"], "2"), remove(["a"]))).toMatchObject({
      kind: "refused",
      message: "deploy/kustomization.yaml: the change cannot be written there without changing something else",
      place: { line: 2, column: 1 },
    });
  });

  it("of an encrypted value, and of a whole file that SOPS encrypted", () => {
    expect(refusal("a: ENC[AES256_GCM,data:x]\n", set(["a"], "b")).message).toContain("encrypted");
    expect(refusal("a: b\n---\nsops:\n  mac: x\n", set(["a"], "c")).message).toContain("SOPS");
    expect(refusal("a: b\nsops:\n  mac: x\n", insert(["c"], "c")).message).toContain("SOPS");
  });

  it("of a template", () => {
    for (const text of ["a: {{ .Values.tag }}\n", "a: 'v{{ tag }}'\n", "a: v{{ tag }}\n"]) {
      expect(refusal(text, set(["a"], "b")).message).toContain("template");
    }
  });

  it("of a duplicate key", () => {
    expect(refusal("a: 1\nb: 1\na: 2\n", set(["a"], "b"))).toMatchObject({ kind: "refused", place: { line: 3 } });
    expect(edit("a: 1\nb: 1\na: 2\n", set(["b"], "c")).text).toBe("a: 1\nb: c\na: 2\n");
  });

  it("of a tagged value, of a key without a colon, of a block that cannot hold the value", () => {
    expect(refusal("a: !!int 5\n", set(["a"], "6")).message).toContain("tag");
    expect(refusal("{ a, b }\n", set(["a"], "6")).message).toContain("no place");
    expect(refusal("a: |\n  x\n", set(["a"], "y")).message).toContain("block");
    expect(refusal("a: >-\n  x\n", set(["a"], "y\nz")).message).toContain("block");
    expect(edit("a: !!str 5\n", set(["a"], "6")).text).toBe('a: !!str "6"\n');
  });

  it("of the same place twice", () => {
    expect(refusal("a: 1\n", set(["a"], "2"), set(["a"], "3")).message).toContain("twice");
    expect(refusal("a: 1\n", insert(["b"], "2"), insert(["b"], "3")).message).toContain("twice");
    expect(refusal("a: 1\n", remove(["a"]), remove(["a"])).message).toContain("twice");
    expect(refusal("a:\n  b: 1\n", remove(["a"]), set(["a", "b"], "2")).kind).toBe("refused");
  });

  it("of a file with characters that end a line for some readers only", () => {
    for (const text of ["a: 1 # x\ry: 2\n", "a: 1 # x\u2028y: 2\n", "a: 1 # x\u0085y: 2\n"]) {
      expect(refusal(text, set(["a"], "2")).message).toContain("ends the line");
    }
  });

  it("of a comment inside of braces that would go with an item", () => {
    expect(refusal("l: [\n  a, # one\n  b\n]\n", remove(["l", 1])).message).toContain("comment");
  });

  it("of a value that is no Unicode text", () => {
    expect(refusal("a: 1\n", set(["a"], "x\ud800")).kind).toBe("refused");
  });
});
