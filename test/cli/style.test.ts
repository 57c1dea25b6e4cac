import { describe, expect, it } from "vitest";
import { wantsColours } from "../../src/cli/io.ts";
import { harmless, style, table, width } from "../../src/cli/style.ts";

const to = (isTTY: boolean) => ({ isTTY, write: () => undefined });

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "false" }, false],
    [false, { FORCE_COLOR: "3", NO_COLOR: "1" }, false],
  ])("terminal %s with %o: %s", (isTTY, env, wanted) => {
    expect(wantsColours(to(isTTY), env)).toBe(wanted);
  });
});

describe("a table", () => {
  it("aligns columns whatever is painted, and leaves out columns without text", () => {
    const paint = style(true);
    const lines = table(
      [{ title: "A" }, { title: "EMPTY" }, { title: "N", align: "right" }],
      [
        [paint.red("long one"), "", "1"],
        ["b", "", paint.green("100")],
      ],
      paint,
    );
    expect(new Set(lines.map(width))).toEqual(new Set([13]));
    expect(lines.join("")).not.toContain("EMPTY");
  });
});

describe("text from a repository", () => {
  it("keeps newlines, tabs and letters of every script", () => {
    expect(harmless("a\tb\nçß 漢字 🚀")).toBe("a\tb\nçß 漢字 🚀");
  });

  it("shows what would steer a terminal", () => {
    expect(harmless("\u001b[31m\r\u0007\u202e")).toBe("\\u{1b}[31m\\u{d}\\u{7}\\u{202e}");
  });
});
