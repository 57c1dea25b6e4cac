import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitsPlain } from "../../../src/edit/splice/scalar-text.ts";

/**
 * What readers of YAML take plain texts for. The columns of go-yaml v2.4.4 and v3.0.5 are tested in
 * `engine/scalars_test.go`; that of PyYAML 6.0.3 below, where it is installed.
 */
const path = new URL("../../fixtures/yaml-readers.json", import.meta.url).pathname;
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(readFileSync(path, "utf8"));

const python = `
import json, sys
try:
    import yaml
except ImportError:
    sys.exit(3)

def kind(text):
    try:
        read = yaml.safe_load("key: " + text + "\\n")
        value = read.get("key") if isinstance(read, dict) else read
    except Exception:
        return "error"
    kinds = ((str, "str"), (type(None), "null"), (bool, "bool"), (int, "int"), (float, "float"))
    found = next((name for cls, name in kinds if isinstance(value, cls)), "other")
    return "other" if found == "str" and value != text else found

table = json.load(open(sys.argv[1]))
print(json.dumps([text for text, row in table.items() if kind(text) != row["PyYAML"]]))
`;
const checked = spawnSync("python3", ["-c", python, path], { encoding: "utf8" });

describe("a text that some reader of YAML takes for something else", () => {
  it("is written in quotes", () => {
    const plain = Object.entries(table).filter(([text]) => fitsPlain(text, { flow: false, json: false }));
    const misread = plain.filter(([, kinds]) => Object.values(kinds).some((kind) => kind !== "str"));
    expect(misread).toEqual([]);
    expect(Object.keys(table).length).toBeGreaterThan(500);
  });

  it.each(["0b-1", "0b-0", "0o-7", "0x_", "0b_", "+0b_", "0o+7", "0b+1_0"])("yaml-1.1-scalars: %s", (text) => {
    expect(fitsPlain(text, { flow: false, json: false })).toBe(false);
  });

  it.each(["1.4.0", "v1.4", "0a1b2c3", "0b12", "0o8", "0x_g", "1.4.0_2", "main", "0.9.0-dev-12"])(
    "%s is not",
    (text) => {
      expect(fitsPlain(text, { flow: false, json: false })).toBe(true);
    },
  );

  it.skipIf(checked.status !== 0)("is recorded as PyYAML reads it", () => {
    expect(JSON.parse(checked.stdout)).toEqual([]);
  });
});
