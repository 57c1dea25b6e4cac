import { describe, expect, it } from "vitest";
import { exactJson, numbersBelow, parseExactJson } from "../../src/model/exact-json.ts";
import { isJsonObject } from "../../src/model/json.ts";

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

describe("JSON text that is read", () => {
  it.each(["12345678901234567890", "-9007199254740993", "0.1234567890123456789", "1e400", "123456789012345678e3"])(
    "has the text of %s beside the value",
    (number) => {
      const { value, numbers } = parseExactJson(`{"spec":{"a/b~":[1, ${number}]}}`);
      expect(value).toEqual({ spec: { "a/b~": [1, Number(number)] } });
      expect(numbers).toEqual({ "/spec/a~1b~0/1": number });
    },
  );

  it.each(["9007199254740991", "10000000000000000000", "1e3", "0.1", "1.50", "-0", "0e5"])(
    "is only its value where a double holds %s",
    (number) => expect(parseExactJson(`[${number}]`)).toEqual({ value: [Number(number)] }),
  );

  it("is not misled by what strings hold", () => {
    const value = { a: ':12345678901234567890, "b":1e400', "x:1e5": "sha256:3e5" };
    expect(parseExactJson(JSON.stringify(value))).toEqual({ value });
  });

  it("is written again as it was", () => {
    const text = '{"a":12345678901234567890,"b":[{"c":1e400}],"d":"x"}';
    const { value, numbers } = parseExactJson(text);
    if (!isJsonObject(value)) throw new Error("it is an object");
    expect(exactJson({ object: value, ...(numbers && { numbers }) })).toBe(text);
  });

  it("can be taken apart", () => {
    const { numbers } = parseExactJson('{"items":[{"a":1},{"a":12345678901234567890}]}');
    expect(numbersBelow(numbers, "/items/0")).toBeUndefined();
    expect(numbersBelow(numbers, "/items/1")).toEqual({ "/a": "12345678901234567890" });
  });
});
