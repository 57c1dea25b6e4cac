import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMarked, printMarked } from "../../src/github/marker.ts";

const marker = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);

describe("the marker of a comment", () => {
  it("parses back to what was printed", () => {
    fc.assert(
      fc.property(marker, fc.string(), (name, text) => {
        const body = text.replaceAll("\r\n", "\n");
        expect(parseMarked(printMarked({ marker: name, body }))).toEqual({ marker: name, body });
      }),
    );
  });

  it("is found when GitHub ends lines with CRLF", () => {
    expect(parseMarked("<!-- sluice:preview -->\r\na\r\nb")).toEqual({ marker: "preview", body: "a\nb" });
  });

  it.each([
    "",
    "hello",
    " <!-- sluice:preview -->",
    "> <!-- sluice:preview -->",
    "<!-- sluice:preview --> x",
    "<!-- sluice: -->",
    "x\n<!-- sluice:preview -->",
  ])("is not in %j", (text) => {
    expect(parseMarked(text)).toBeUndefined();
  });

  it("is a word, so that it cannot end the HTML comment", () => {
    expect(() => printMarked({ marker: "a --> b", body: "" })).toThrow("not a marker");
  });
});
