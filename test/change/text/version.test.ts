import { describe, expect, it } from "vitest";
import { shortMove, shortVersion } from "../../../src/change/text/version.ts";

const digest = "sha256:0123456789abcdef";

describe("a version for people", () => {
  it.each([
    ["1.4.0", "1.4.0"],
    [`1.4.0@${digest}`, "1.4.0"],
    [`@${digest}`, "@sha256:0123456789ab"],
    ["1\n2", "1 2"],
    ["", ""],
    ["x".repeat(61), `${"x".repeat(59)}…`],
  ])("of %j is %j", (version, text) => {
    expect(shortVersion(version)).toBe(text);
  });

  it("moves from one to another, or from none", () => {
    expect(shortMove({ from: "1", to: `2@${digest}` })).toBe("1 → 2");
    expect(shortMove({ from: "", to: "2" })).toBe("none → 2");
  });
});
