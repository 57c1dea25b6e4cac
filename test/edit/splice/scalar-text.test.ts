import { describe, expect, it } from "vitest";
import { scalarText } from "../../../src/edit/splice/scalar-text.ts";

const plain = { flow: false, json: false };
const flow = { flow: true, json: false };
const json = { flow: true, json: true };

describe("a value on one line", () => {
  it.each([
    ["x", plain, "x"],
    ["x, y", plain, "x, y"],
    ["x, y", flow, '"x, y"'],
    ["x", json, '"x"'],
    [1.5, plain, "1.5"],
    [null, json, "null"],
    ["a: b", plain, '"a: b"'],
    [`a\\b: "it's"`, plain, `'a\\b: "it''s"'`],
    ['a\\b: "c"', json, '"a\\\\b: \\"c\\""'],
    ['"\n\t\r\\', plain, '"\\"\\n\\t\\r\\\\"'],
    ["\u0007\u0085\u200B\u2028\uFEFF\uFFFE", plain, '"\\u0007\\u0085\\u200B\\u2028\\uFEFF\\uFFFE"'],
    ["\u{1F680}\n", plain, '"\u{1F680}\\n"'],
    ["\u{E0001}", plain, '"\u{E0001}"'],
  ])("is written so that each reader reads it: %j", (value, where, text) => {
    expect(scalarText(value, where)).toBe(text);
  });
});
