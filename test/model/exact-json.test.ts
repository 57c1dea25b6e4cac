import { describe, expect, it } from "vitest";
import { exactJson } from "../../src/model/exact-json.ts";

describe("JSON of a resource", () => {
  it("writes what JSON.stringify writes where there are no big numbers", () => {
    const object = { a: [1, "two", null, true, [], {}], b: { "c/d": { "~": 'quote "' } } };
    expect(exactJson({ object }, "")).toBe(JSON.stringify(object, null, 2));
  });

  it("keeps the text of numbers that a double cannot hold", () => {
    const object = { spec: { "a/b": [0, 12345678901234567000] } };
    const text = exactJson({ object, numbers: { "/spec/a~1b/1": "12345678901234567890" } }, "");
    expect(text).toContain("12345678901234567890");
    expect(JSON.parse(text)).toEqual(object);
  });
});
