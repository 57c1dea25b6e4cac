import { describe, expect, it } from "vitest";
import { onTheLine, ordered, type Splice, spliced } from "../../../src/edit/splice/splice.ts";

const put = (at: number, text: string, depth = onTheLine): Splice => ({ start: at, end: at, text, depth });
const replaced = (start: number, end: number, text: string): Splice => ({ start, end, text, depth: onTheLine });

/** `0123456789` with splices put in. */
function applied(...splices: readonly Splice[]): string | undefined {
  const sorted = ordered(splices);
  return sorted && spliced("0123456789", sorted);
}

describe("splices", () => {
  it.each<[string, readonly Splice[], string | undefined]>([
    ["are put in by their places", [replaced(7, 9, "b"), replaced(1, 3, "a")], "0a3456b9"],
    ["may touch", [replaced(3, 5, "b"), replaced(1, 3, "a")], "0ab56789"],
    [
      "at one place go by their depth, the deepest first",
      [put(2, "c", 1), put(2, "b", 3), put(2, "a")],
      "01abc23456789",
    ],
    [
      "at one place stay in order on the line and at one depth",
      [put(2, "a"), put(2, "b"), put(2, "c", 1), put(2, "d", 1)],
      "01abcd23456789",
    ],
    ["are put in before what is replaced there", [replaced(2, 4, "b"), put(2, "a", 1)], "01ab456789"],
    ["that delete may overlap", [replaced(1, 7, ""), replaced(2, 4, ""), replaced(6, 8, "")], "089"],
    ["that write may not overlap", [replaced(1, 4, "a"), replaced(3, 6, "b")], undefined],
    ["that write may not overlap those that delete", [replaced(1, 4, "a"), replaced(3, 6, "")], undefined],
    ["that delete may not overlap those that write", [replaced(1, 4, ""), put(3, "a")], undefined],
  ])("%s", (_, splices, text) => {
    expect(applied(...splices)).toBe(text);
  });
});
