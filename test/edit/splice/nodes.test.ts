import { describe, expect, it } from "vitest";
import { LineCounter } from "yaml";
import { documentAt, type Node, nodeAt, parseYaml, scalarAt } from "../../../src/edit/splice/index.ts";
import { readStream } from "../../../src/edit/splice/stream.ts";
import { bytesOf, userError } from "./support/edits.ts";

const parse = (text: string) => parseYaml("values.yaml", bytesOf(text));
const scalar = (text: string, ...path: (string | number)[]) => scalarAt(parse(text), 0, path);

describe("a scalar of a file", () => {
  it("is the text that its author wrote, whatever YAML takes it for", () => {
    for (const text of ["1.10", "0x1F", "1e3", "017", "yes", "2024-01-02", "v1"]) {
      expect(scalar(`a:\n  tag: ${text} # c\n`, "a", "tag")).toMatchObject({
        kind: "scalar",
        value: text,
        line: 2,
        style: "plain",
      });
    }
    expect(scalar("a: 'it''s'\n", "a")).toMatchObject({ value: "it's", style: "single" });
    expect(scalar('a: "x\\ty"\n', "a")).toMatchObject({ value: "x\ty", style: "double" });
    expect(scalar("a: |-\n  x\n  y\n", "a")).toMatchObject({ value: "x\ny", style: "block" });
  });

  it("is a null where nothing, ~ or null is written", () => {
    for (const text of ["a:\n", "a: ~\n", "a: null\n", "{ a }"]) {
      expect(scalar(text, "a")).toMatchObject({ kind: "null", value: "", line: 1 });
    }
    expect(scalar("a: 'null'\n", "a")).toMatchObject({ kind: "scalar", value: "null" });
  });

  it("is a null by its tag, and none by another one", () => {
    expect(scalar("a: !!null ~\n", "a")).toMatchObject({ kind: "null", style: "plain" });
    expect(scalar("a: !!str ~\n", "a")).toMatchObject({ kind: "scalar", value: "~" });
  });

  it("is on its line, and a missing one on that of its key", () => {
    expect(scalar("a: 1\nb:\n", "b")).toMatchObject({ kind: "null", line: 2 });
    expect(scalar("a:\n  b\n", "a")).toMatchObject({ value: "b", line: 2 });
    expect(scalar("a: >-\n  b\n", "a")).toMatchObject({ value: "b", line: 1, style: "block" });
  });

  it("has its value in YAML 1.2", () => {
    const text = "[x, '1', 1.10, true, .inf, 2024-01-02, ~]\n";
    expect(paths(documentAt(parse(text), 0)).map(([, , , json]) => json)).toEqual([
      "x",
      "1",
      1.1,
      true,
      ".inf",
      "2024-01-02",
      null,
    ]);
  });

  it("is undefined where nothing or a collection stands", () => {
    for (const path of [["x"], ["a"], ["a", "b", "c"], ["a", 0], ["l"], ["l", 5], ["l", "0"], [0]]) {
      expect(scalarAt(parse("a: { b: 1 }\nl: [1]\n"), 0, path)).toBeUndefined();
    }
    expect(scalarAt(parse("a: 1\n"), 1, ["a"])).toBeUndefined();
  });

  it("tells how it is shared", () => {
    const text = "d: &d { tag: a, own: b }\nw:\n  <<: *d\n  own: c\nx: *d\ny: &y 1\nz: *y\n";
    expect(scalar(text, "d", "tag")).toMatchObject({ anchored: true, value: "a" });
    expect(scalar(text, "w", "tag")).toMatchObject({ merged: true, value: "a", line: 1 });
    expect(scalar(text, "w", "own")).toEqual(expect.not.objectContaining({ merged: true }));
    expect(scalar(text, "w", "own")).toMatchObject({ value: "c", line: 4 });
    expect(scalar(text, "x", "tag")).toMatchObject({ alias: "d" });
    expect(scalar(text, "y")).toMatchObject({ anchored: true });
    expect(scalar(text, "z")).toMatchObject({ alias: "y", value: "1", line: 7 });
    expect(scalar("a: &a 1\n", "a")).not.toHaveProperty("anchored");
  });

  it("tells that it is encrypted", () => {
    expect(scalar("a: ENC[AES256_GCM,data:x]\n", "a")).toMatchObject({ encrypted: true });
    expect(scalar("a: b\nsops: { mac: x }\n", "a")).toMatchObject({ encrypted: true });
    expect(scalar("a: b\n", "a")).not.toHaveProperty("encrypted");
  });
});

describe("a document of a file", () => {
  it("is walked as maps, lists and scalars with paths and lines", () => {
    const root = documentAt(parse("# c\nimages:\n- name: webapp\n  newTag: 1.10\n"), 0);
    expect(paths(root)).toEqual([
      ["images.0.name", 3, "webapp", "webapp"],
      ["images.0.newTag", 4, "1.10", 1.1],
    ]);
  });

  it("resolves merge keys as readers do: own keys first, then the first of several maps", () => {
    const root = documentAt(parse("a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc:\n  <<: [*b, *a]\n  z: 3\n"), 0);
    const node = root?.kind === "map" ? root.get("c") : undefined;
    expect(paths(node).map(([path, , value]) => [path, value])).toEqual([
      ["c.z", "3"],
      ["c.y", "2"],
      ["c.x", "1"],
    ]);
  });

  it("tells of its maps and lists how they are shared", () => {
    const yaml = parse("d: &d { l: [1] }\nx: *d\ny: { <<: *d }\n");
    expect(nodeAt(yaml, 0, ["d", "l"])).toMatchObject({ kind: "list", line: 1, anchored: true });
    expect(nodeAt(yaml, 0, ["x"])).toMatchObject({ kind: "map", line: 2, alias: "d" });
    expect(nodeAt(yaml, 0, ["y", "l"])).toMatchObject({ kind: "list", merged: true });
  });

  it("may have a key that is an alias, and nothing to merge", () => {
    expect(paths(documentAt(parse("x: &k name\n*k : v\ny: { <<: 1, z: 2 }\n"), 0)).map(([path]) => path)).toEqual([
      "x",
      "name",
      "y.z",
    ]);
  });

  it("holds the last of a duplicate key, keys that are numbers, and no keys that are collections", () => {
    expect(
      paths(documentAt(parse("a: 1\na: 2\n1.10: x\n? [k]\n: y\n"), 0)).map(([path, , value]) => [path, value]),
    ).toEqual([
      ["a", "2"],
      ["1.10", "x"],
    ]);
  });

  it("is a null in an empty file, and one of several", () => {
    expect(parse("").documents).toBe(1);
    expect(documentAt(parse("# only\n"), 0)).toMatchObject({ kind: "null", path: [] });
    const several = parse("a: 1\n---\n---\nb: 2\n");
    expect(several.documents).toBe(3);
    expect(scalarAt(several, 2, ["b"])).toMatchObject({ value: "2", line: 4 });
    expect(documentAt(several, 3)).toBeUndefined();
  });
});

describe("a file that cannot be read", () => {
  it.each([
    ["is not YAML", "a: b: c\n", { line: 1 }],
    ["has an open quote", 'x: 1\na: "b\n', {}],
    ["has an alias without an anchor", "a: 1\nb: *x\n", { line: 2, column: 4 }],
    ["has an alias in itself", "a: &x\n  b: *x\n", { line: 2 }],
    ["is nested too deeply", `${"[".repeat(300)}${"]".repeat(300)}`, {}],
    ["is nested far too deeply", "[".repeat(100_000), {}],
  ])("%s", (_, text, place) => {
    const error = userError(() => parse(text));
    expect(error.kind).toBe("input");
    expect(error.place).toMatchObject({ file: "values.yaml", ...place });
  });

  it("is not UTF-8, is too big, or is a bomb of aliases", () => {
    expect(userError(() => parseYaml("f", Uint8Array.of(0x61, 0xff))).message).toContain("UTF-8");
    expect(userError(() => parseYaml("f", Uint8Array.of(0xff, 0xfe, 0x61, 0))).message).toContain("UTF-8");
    expect(userError(() => parseYaml("f", new Uint8Array(11 * 1024 * 1024))).kind).toBe("input");
    const bomb = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(10)}]\n`).join("");
    expect(userError(() => parse(`a0: &a0 x\n${bomb}`)).message).toContain("aliases");
  });

  it("has too many parts, errors or directives: reading ends early", () => {
    const list = `[${"a,".repeat(1000)}]`;
    expect(
      userError(() => readStream("f", list, new LineCounter(), { tokens: false, maxLexemes: 1000 })),
    ).toMatchObject({ kind: "input" });
    expect(readStream("f", list, new LineCounter(), { tokens: false, maxLexemes: 5000 }).documents).toHaveLength(1);
    expect(userError(() => parse("]\n".repeat(1_000_000))).place).toMatchObject({ line: 1 });
    expect(userError(() => parse("%x\n".repeat(1_000_000))).message).toContain("directives");
  });

  it("has a place and a fix", () => {
    expect(userError(() => parseYaml("f", Uint8Array.of(0xff)))).toMatchObject({
      message: "f is not UTF-8 text",
      place: { file: "f" },
      fix: "Save the file as UTF-8.",
    });
    expect(userError(() => parse("a: b: c\n"))).toMatchObject({
      place: { file: "values.yaml", line: 1, column: 4 },
      fix: "Fix the YAML there.",
    });
  });

  it("says so when it looks like a template", () => {
    expect(userError(() => parse("{{- if .Values.x }}\na: {{ .b }}: c\n{{- end }}\n")).fix).toContain("template");
  });
});

function paths(node: Node | undefined): [path: string, line: number, value: string, json: unknown][] {
  if (node === undefined) return [];
  if (node.kind === "map") return node.entries.flatMap((entry) => paths(entry.node));
  if (node.kind === "list") return node.items.flatMap(paths);
  return [[node.path.join("."), node.line, node.value, node.json]];
}
