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
