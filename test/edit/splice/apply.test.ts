import { describe, expect, it } from "vitest";
import type { YamlEdit } from "../../../src/edit/splice/index.ts";
import { edit, insert, remove, set } from "./support/edits.ts";

describe("setting a scalar", () => {
  it("keeps the quotes, and quotes a plain one only where a reader would take it for something else", () => {
    expect(edit("tag: 1.3.0\n", set(["tag"], "1.4.0")).text).toBe("tag: 1.4.0\n");
    expect(edit("tag: 1.3.0\n", set(["tag"], "1.4")).text).toBe('tag: "1.4"\n');
    expect(edit("tag: '1.3'\n", set(["tag"], "v1")).text).toBe("tag: 'v1'\n");
    expect(edit('tag: "v1"\n', set(["tag"], "v2")).text).toBe('tag: "v2"\n');
    expect(edit("tag: x\n", set(["tag"], 'a "b": c')).text).toBe(`tag: 'a "b": c'\n`);
  });

  it("quotes what is a string only by its looks, even when the text stays", () => {
    for (const text of [
      "1.10",
      "1e3",
      "0o7",
      "017",
      "1_000",
      "22:33",
      "yes",
      "off",
      "~",
      "2024-01-02",
      "0x1F",
      ".inf",
      "7e1_",
      "-_7",
      "E0",
      "-e12",
    ]) {
      expect(edit(`tag: ${text}\n`, set(["tag"], text)).text).toBe(`tag: "${text}"\n`);
    }
    for (const text of [
      "1.4.0",
      "v1",
      "sha-12ab",
      "2024-01-02-abc",
      "yes-1",
      "0xyz",
      "1.10-rc1",
      "1..2",
      "ab:cd",
      "-x",
    ]) {
      expect(edit("tag: old\n", set(["tag"], text)).text).toBe(`tag: ${text}\n`);
    }
  });

  it("writes numbers, booleans and null as such", () => {
    expect(edit("replicas: 3\n", set(["replicas"], 5)).text).toBe("replicas: 5\n");
    expect(edit('on: "x"\n', set(["on"], true)).text).toBe("on: true\n");
    expect(edit("a: [x]\n", set(["a", 0], null)).text).toBe("a: [null]\n");
  });

  it("gives an empty value a text, before its comment and behind its anchor", () => {
    expect(edit("tag:\n", set(["tag"], "v1")).text).toBe("tag: v1\n");
    expect(edit("tag: # none\n", set(["tag"], "v1")).text).toBe("tag: v1 # none\n");
    expect(edit("tag: &t   # none\n", set(["tag"], "v1")).text).toBe("tag: &t v1  # none\n");
    expect(edit("- \n- ~\n", set([0], "a"), set([1], "b")).text).toBe("- a\n- b\n");
    expect(edit("{ tag: , b: 1 }", set(["tag"], "v1")).text).toBe("{ tag: v1, b: 1 }");
  });

  it("keeps the anchor of a node that nobody uses", () => {
    expect(edit("a: &x 1.0.0 # c\n", set(["a"], "1.1.0")).text).toBe("a: &x 1.1.0 # c\n");
  });

  it("changes one line of a literal block and keeps how it ends", () => {
    expect(edit("a: |\r\n    x\r\n\r\nb: 1\r\n", set(["a"], "y\n")).text).toBe("a: |\r\n    y\r\n\r\nb: 1\r\n");
  });
});

describe("adding", () => {
  it("makes the maps that are missing, once for several edits", () => {
    const { text, lines } = edit(
      "a: 1\n",
      insert(["image", "tag"], "1.10"),
      insert(["image", "x", "list"], [1]),
      set(["a"], "z"),
    );
    expect(text).toBe('a: z\nimage:\n  tag: "1.10"\n  x:\n    list:\n      - 1\n');
    expect(lines[0]).toEqual({ file: "deploy/kustomization.yaml", line: 1, before: "a: 1", after: "a: z" });
    expect(lines[1]).toEqual({ file: "deploy/kustomization.yaml", line: 2, before: "", after: "image:" });
    expect(lines).toHaveLength(6);
  });

  it("appends several items and fills one item by several edits", () => {
    const { text } = edit(
      "l:\n- a\n",
      insert(["l", 1, "name"], "x"),
      insert(["l", 1, "tag"], "v1"),
      insert(["l", "-"], "z"),
    );
    expect(text).toBe("l:\n- a\n- name: x\n  tag: v1\n- z\n");
  });

  it("overrides in a map what comes through its merge key", () => {
    const text = "d: &d { tag: a }\nw:\n  <<: *d\n";
    expect(edit(text, insert(["w", "tag"], "b")).text).toBe(`${text}  tag: b\n`);
  });

  it("follows a block scalar at the end of a map", () => {
    expect(edit("a:\n  b: |\n    x\n\nc: 1\n", insert(["a", "d"], "e")).text).toBe(
      "a:\n  b: |\n    x\n  d: e\n\nc: 1\n",
    );
  });

  it("begins an empty file, and a document that is empty", () => {
    expect(edit("", insert(["a", "b"], "c")).text).toBe("a:\n  b: c\n");
    expect(edit("---\n---\nx: 1\n", insert(["a"], "c")).text).toBe("---\na: c\n---\nx: 1\n");
    expect(edit("--- # empty\n", insert(["a"], "c")).text).toBe("--- # empty\na: c\n");
  });
});

describe("removing", () => {
  it("leaves an empty collection where the last item goes", () => {
    expect(edit("a:\n  # why\n  b: 1\nc: 2\n", remove(["a", "b"])).text).toBe("a: {}\n  # why\nc: 2\n");
    expect(edit("l:\n- a\n- b\n", remove(["l", 0]), remove(["l", 1])).text).toBe("l: []\n");
    expect(edit("l: [ a ]\n", remove(["l", 0])).text).toBe("l: []\n");
    expect(edit("- a: 1\n", remove([0, "a"])).text).toBe("- {}\n");
  });

  it("takes first keys from a list's item, and items from the middle and the ends of flow lists", () => {
    expect(edit("- a: 1 # x\n  b: 2\n  c: 3\n", remove([0, "a"]), remove([0, "b"])).text).toBe("- c: 3\n");
    expect(edit("l: [a, b, c, d]\n", remove(["l", 0]), remove(["l", 2])).text).toBe("l: [b, d]\n");
    expect(edit("l: [a, b]\n", remove(["l", 1])).text).toBe("l: [a]\n");
  });

  it("keeps a file without a newline at its end that way", () => {
    expect(edit("a: 1\nb: 2", remove(["b"])).text).toBe("a: 1");
  });

  it("tells a removal and an addition at one place as a change", () => {
    const { lines } = edit("- name: x\n  digest: d\n", remove([0, "digest"]), insert([0, "newTag"], "v1"));
    expect(lines.map(({ line, before, after }) => [line, before, after])).toEqual([[2, "  digest: d", "  newTag: v1"]]);
  });
});

describe("edits of a big file", () => {
  it("change one of fifty thousand scalars and no other byte", () => {
    const entry = (index: number) => `app${index}:\n  image: ghcr.io/acme/app${index}:1.0.0 # note\n`;
    const text = Array.from({ length: 10_000 }, (_, index) => entry(index)).join("");
    const edited = edit(text, set(["app9000", "image"], "ghcr.io/acme/app9000:1.1.0"));
    expect(edited.text).toBe(text.replace("app9000:1.0.0", "app9000:1.1.0"));
    expect(edited.lines).toMatchObject([{ line: 18_002 }]);
  });
});

describe("a text that holds a document", () => {
  const held = (path: readonly string[], ...edits: readonly YamlEdit[]): YamlEdit => ({
    kind: "held",
    document: 0,
    path,
    edits,
  });
  const text = "a: 1\nvalues: |\n  # mine\n  image:\n    tag: 1.0.0 # now\n    list: [a]\n  x: 1\nb: 2\n";

  it("is edited by what it holds, and every other byte of it stays", () => {
    const edits = [set(["image", "tag"], "1.10"), insert(["image", "digest"], "d"), remove(["x"])];
    expect(edit(text, held(["values"], ...edits), set(["b"], 3)).text).toBe(
      'a: 1\nvalues: |\n  # mine\n  image:\n    tag: "1.10" # now\n    list: [a]\n    digest: d\nb: 3\n',
    );
  });

  it("is edited once by several edits", () => {
    const two = [held(["values"], set(["image", "tag"], "v2")), held(["values"], set(["x"], "v3"))];
    expect(edit(text, ...two).text).toBe(text.replace("1.0.0", "v2").replace("x: 1", "x: v3"));
  });

  it("may be on one line, and may hold texts itself", () => {
    expect(edit('v: "tag: a\\nx: 1\\n"\n', held(["v"], set(["tag"], "b"))).text).toBe('v: "tag: b\\nx: 1\\n"\n');
    const deep = "v: |\n  w: |\n    tag: a\n";
    expect(edit(deep, held(["v"], held(["w"], set(["tag"], "b")))).text).toBe(deep.replace("tag: a", "tag: b"));
  });

  it("is refused where it is none, or holds no such value", () => {
    expect(() => edit(text, held(["b", "c"], set(["x"], "v")))).toThrow("b.c is no text");
    expect(() => edit(text, held(["values"], set(["y"], "v")))).toThrow("kustomization.yaml (values): there is no y");
    expect(() => edit("v: &a |\n  x: 1\nw: *a\n", held(["v"], set(["x"], "v")))).toThrow("v");
  });
});
