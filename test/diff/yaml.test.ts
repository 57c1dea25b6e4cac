import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { NumberText, type Value, withNumberTexts } from "../../src/diff/value.ts";
import { emitYaml } from "../../src/diff/yaml.ts";

const yamlOf = (value: Value) => emitYaml(value).lines.join("\n");

describe("the YAML that diffs are made of", () => {
  it("puts apiVersion, kind and metadata first, sorts the rest, and names list items first", () => {
    const text = yamlOf({
      spec: { replicas: 2, containers: [{ image: "web:1", name: "web", args: [] }] },
      metadata: { name: "web" },
      kind: "Deployment",
      apiVersion: "apps/v1",
    });
    expect(text).toBe(
      `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  containers:
  - name: web
    args: []
    image: web:1
  replicas: 2`,
    );
  });

  it("quotes what YAML 1.1 or 1.2 would read as something else", () => {
    const texts = [
      "yes",
      "on",
      "~",
      "null",
      "1.4",
      "0x1f",
      "1_000",
      "12:30:45",
      "2024-01-01",
      "1e3",
      "",
      "- a",
      "a: b",
      "a #b",
      "@x",
      ".5",
    ];
    for (const text of texts) expect(yamlOf({ a: text })).toMatch(/^a: (["']).*\1$/);
    for (const text of ["1.4.0", "web:1.4.0", "https://example.org/?a=b", "10Gi", "-flag", "a#b"]) {
      expect(yamlOf({ a: text })).toBe(`a: ${text}`);
    }
  });

  it("writes text of several lines as a literal block", () => {
    expect(yamlOf({ script: "set -e\n\necho hi\n" })).toBe("script: |\n  set -e\n\n  echo hi");
    expect(yamlOf(["a\nb"])).toBe("- |-\n  a\n  b");
  });

  it("writes empty, nested and single values in their shortest form", () => {
    expect(yamlOf({})).toBe("{}");
    expect(yamlOf([])).toBe("[]");
    expect(yamlOf("a: b")).toBe('"a: b"');
    expect(yamlOf(null)).toBe("null");
    expect(yamlOf("a\nb")).toBe("|-\n  a\n  b");
    expect(yamlOf(["a", [], {}, null, true, 1.5])).toBe("- a\n- []\n- {}\n- null\n- true\n- 1.5");
    expect(yamlOf([["a", ["b"]], [{ c: 1, d: 2 }]])).toBe("- - a\n  - - b\n- - c: 1\n    d: 2");
    expect(yamlOf({ a: { b: [{ c: { d: [] } }, { e: {} }] }, f: ["g\nh"] })).toBe(
      "a:\n  b:\n  - c:\n      d: []\n  - e: {}\nf:\n- |-\n  g\n  h",
    );
  });

  it("sorts keys, and puts those that lead first at their own level only", () => {
    expect(Object.keys(parse(yamlOf({ b: 1, metadata: 1, a: 1, kind: 1, apiVersion: 1 })))).toEqual([
      ...["apiVersion", "kind", "metadata", "a", "b"],
    ]);
    expect(yamlOf({ spec: { metadata: 1, a: 1, name: 1 } })).toBe("spec:\n  a: 1\n  metadata: 1\n  name: 1");
    expect(yamlOf([{ name: 1, b: 1, a: 1 }])).toBe("- name: 1\n  a: 1\n  b: 1");
    expect(yamlOf([{ b: 1, a: 1 }])).toBe("- a: 1\n  b: 1");
    expect(yamlOf({ kind: 1 })).toBe("kind: 1");
  });

  it("writes what is nested beyond all measure on one line", () => {
    const deep = (levels: number, around: (value: Value) => Value) => {
      let value: Value = [new NumberText("1.0"), { x: "y" }];
      for (let level = 0; level < levels; level++) value = around(value);
      return emitYaml(value).lines;
    };
    expect(deep(202, (value) => ({ a: value })).at(-1)).toBe(`${"  ".repeat(201)}a: ["1.0",{"x":"y"}]`);
    expect(
      deep(202, (value) => [value])
        .at(-1)
        ?.trimStart(),
    ).toMatch(/^[- ]*\["1\.0",\{"x":"y"\}\]$/);
    expect(
      deep(203, (value) => ({ a: value }))
        .at(-1)
        ?.trimStart(),
    ).toBe('a: {"a":["1.0",{"x":"y"}]}');
    expect(deep(1000, (value) => [value])).toHaveLength(1);
  });

  it("knows of each line the path that it stands at", () => {
    const { lines, nodes, tree } = emitYaml({ spec: { containers: [{ name: "web", env: ["a\nb", {}] }] } });
    const path = (node: number): string => (node <= 0 ? "" : path(tree.parents[node] ?? 0) + tree.steps[node]);
    expect(lines.map((line, index) => `${line.trim()} = ${path(nodes[index] ?? 0)}`)).toEqual([
      "spec: = .spec",
      "containers: = .spec.containers",
      "- name: web = .spec.containers[web].name",
      "env: = .spec.containers[web].env",
      "- |- = .spec.containers[web].env[0]",
      "a = .spec.containers[web].env[0]",
      "b = .spec.containers[web].env[0]",
      "- {} = .spec.containers[web].env[1]",
    ]);
    expect(emitYaml({}).nodes).toEqual([0]);
  });

  it.each([
    ["it's", "it's"],
    ["- it's", `"- it's"`],
    ['say "hi": now', `'say "hi": now'`],
    ["it's a \\ b: c", "'it''s a \\ b: c'"],
    [" lead", '" lead"'],
    ["trail ", '"trail "'],
    ["ends:", '"ends:"'],
    ["?", '"?"'],
    ["-", '"-"'],
    ["", '""'],
    ["tab\there", '"tab\\there"'],
    ['cr\r "q" \\', '"cr\\r \\"q\\" \\\\"'],
    ["bell\u0007", '"bell\\x07"'],
    ["nbsp-like \u0085", '"nbsp-like \\x85"'],
    ["soft\u00ADhyphen", '"soft\\xADhyphen"'],
    ["zero\u200Bwidth", '"zero\\u200Bwidth"'],
    ["arabic \u0600", '"arabic \\u0600"'],
    ["tag \u{E0001}", '"tag \\U000E0001"'],
    ["private \u{10FFFD}", '"private \\U0010FFFD"'],
    ["last \uFFFF", '"last \\uFFFF"'],
    ["lone \uD800", '"lone \\uD800"'],
    ["smile 😀", "smile 😀"],
  ])("writes %j as %s", (text, written) => {
    expect(yamlOf(text)).toBe(written);
  });

  it.each([
    ["a\nb", "|-"],
    ["a\nb\n", "|"],
    ["a\nb\n\n", "|+"],
    ["\na\n", "|"],
    ["a\n\tb\n", "|"],
    ["\n\n", undefined],
    [" a\nb", undefined],
    ["\n a\nb", undefined],
    ["a\n \nb", undefined],
    ["a\nb\n  ", undefined],
    ["a\rb\nc", undefined],
    ["one line", undefined],
  ])("writes %j as a literal block headed %s, or on one line", (text, header) => {
    const lines = emitYaml({ a: text }).lines;
    expect(lines[0]?.startsWith("a: |") ? lines[0].slice(3) : undefined).toBe(header);
    expect(lines.length > 1).toBe(header !== undefined);
    expect(parse(`${lines.join("\n")}\n`)).toEqual({ a: text });
  });

  it("shows characters that cannot be seen as escapes", () => {
    expect(yamlOf({ a: "safe\u202Eevil" })).toBe('a: "safe\\u202Eevil"');
    expect(yamlOf({ a: "line\nwith \u200B inside" })).toBe('a: "line\\nwith \\u200B inside"');
  });

  it("keeps the text of numbers that a double cannot hold", () => {
    const object = withNumberTexts({
      object: { spec: { big: 12345678901234567000, list: [{ exact: 1.1 }] } },
      numbers: { "/spec/big": "12345678901234567890", "/spec/list/0/exact": "1.10000000000000000001" },
    });
    expect(yamlOf(object)).toContain("big: 12345678901234567890\n  list:\n  - exact: 1.10000000000000000001");
    expect(object).toEqual({
      spec: {
        big: new NumberText("12345678901234567890"),
        list: [{ exact: new NumberText("1.10000000000000000001") }],
      },
    });
  });

  it("is read back as the value it was written from, in YAML 1.2 and 1.1", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.string({
        unit: fc.constantFrom("a", " ", "\n", "\t", ":", "#", "-", "|", "'", '"', "\\", "0", "1", ".", "~"),
      }),
      fc.constantFrom(
        "yes",
        "NO",
        "0b1",
        "1:20",
        "0o7",
        "007",
        "+.inf",
        "---",
        "...",
        "<<",
        "=",
        "!x",
        "&a",
        "*a",
        "? a",
        "%a",
        "2020-1-1 1:1:1",
      ),
    );
    const key = fc.oneof(text, fc.constantFrom("name", "apiVersion", "metadata", "__proto__x"));
    const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const written = `${yamlOf(value)}\n`;
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(parse(written)).toEqual(plain);
        expect(parse(written, { version: "1.1", merge: false })).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it("takes a million digits that are no number, and many numbers that a double cannot hold, in reasonable time", () => {
    expect(yamlOf({ a: `${"1".repeat(1_000_000)}x` })).toHaveLength(1_000_004);
    const count = 50_000;
    const numbers = Object.fromEntries(Array.from({ length: count }, (_, at) => [`/list/${at}`, "9007199254740993"]));
    const object = withNumberTexts({
      object: { list: Array.from({ length: count }, () => 9007199254740992) },
      numbers,
    });
    expect(emitYaml(object).lines.at(-1)).toBe("- 9007199254740993");
  });
});
