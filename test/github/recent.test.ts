import { describe, expect, it } from "vitest";
import { recent } from "../../src/github/recent.ts";

describe("the map of what was used last", () => {
  it("drops what was not used for longest", () => {
    const map = recent<number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
    map.delete("a");
    expect(map.get("a")).toBeUndefined();
  });
});
