import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, oneLine, visible } from "../../src/model/text/lines.ts";
import { commaList, count, sentenceList, thousands } from "../../src/model/text/lists.ts";
import { codeList, inTicks, unlinked } from "../../src/model/text/markdown.ts";
import { notDoneText } from "../../src/model/text/not-done.ts";

const anyText = fc.string({ unit: "binary", maxLength: 40 });

describe("a text that is cut", () => {
  it("ends with an ellipsis and keeps its limit", () => {
    expect(clip("short", 5)).toBe("short");
    expect(clip("too long", 5)).toBe("too …");
    expect(clip("", 5)).toBe("");
  });

  it("never ends inside a character, whatever it holds", () => {
    expect(clip("ab😀cd", 4)).toBe("ab…");
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, max) => {
        const cut = clip(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe("a text on one line", () => {
  it("has one blank for each run of white space", () => {
    expect(oneLine("a\r\n\tb  c")).toBe("a b c");
  });

  it("shows what cannot be seen", () => {
    expect(visible("a\nb\u202Ec\u200B")).toBe("a b\\u{202E}c\\u{200B}");
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("counts and lists", () => {
  it("name one and many", () => {
    expect([0, 1, 2, 61_234].map((amount) => count(amount, "target"))).toEqual([
      "0 targets",
      "1 target",
      "2 targets",
      "61,234 targets",
    ]);
    expect(count(1, "target does", "targets do")).toBe("1 target does");
    expect(count(2, "target does", "targets do")).toBe("2 targets do");
    expect([999, 1000, 1_234_567].map(thousands)).toEqual(["999", "1,000", "1,234,567"]);
  });

  it("name all, or the first and how many more", () => {
    expect(commaList([])).toBe("");
    expect(commaList(["a"], 3)).toBe("a");
    expect(commaList(["a", "b", "c"], 3)).toBe("a, b, c");
    expect(commaList(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
  });

  it("read as parts of a sentence", () => {
    expect(sentenceList([])).toBe("");
    expect(sentenceList(["a"])).toBe("a");
    expect(sentenceList(["a", "b"])).toBe("a and b");
    expect(sentenceList(["a", "b", "c"])).toBe("a, b and c");
    expect(sentenceList(["a", "b", "c", "d"], 3)).toBe("a, b, c and 1 more");
  });
});

describe("a value in a message", () => {
  it("stands in backticks that it cannot close, on one line", () => {
    expect(inTicks("a `b`\nc")).toBe("`a 'b' c`");
    expect(inTicks("")).toBe("` `");
    fc.assert(
      fc.property(anyText, (text) => {
        expect(inTicks(text)).toMatch(/^`[^`\n]+`$/);
        expect(inTicks(text).length).toBeLessThanOrEqual(122);
      }),
    );
    expect(codeList(["a", "b", "c"], 2)).toBe("`a`, `b` and 1 more");
  });

  it("links and notifies nobody in a commit message, and leaves digests alone", () => {
    expect(unlinked("fixes #1 by @alice, web@sha256:0123, C# 5")).toBe(
      "fixes #\u200b1 by @\u200balice, web@sha256:0123, C# 5",
    );
  });
});

describe("what a person asked for and did not get", () => {
  it("names the command to give again as code, whatever the app is called", () => {
    const about = { verdict: "Not promoted", subject: "it to prod", why: "it is not there", fix: "add it" };
    expect(notDoneText({ ...about, again: "/promote prod a`@bob`<b>" })).toContain(
      "**Fix:** add it, then comment ``/promote prod a`@bob`<b>`` again.",
    );
  });
});
