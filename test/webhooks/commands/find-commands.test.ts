import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCommands } from "../../../src/webhooks/commands/find-commands.ts";
import { textLines } from "../../../src/webhooks/commands/lines.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";

function found(...lines: readonly string[]): string[] {
  return findCommands(lines.join("\n"), TABLE).map((one) => {
    if (one.kind === "command") return `${one.line} ${one.command.name}${one.rest === "" ? "" : ` ${one.rest}`}`;
    return one.kind === "unknown" ? `${one.line} ${one.name}? ${one.meant}` : `${one.line} ${one.name}: ${one.doubt}`;
  });
}

describe("commands in a comment", () => {
  it("are found one per line, in order, with what follows them", () => {
    expect(found("/diff", "and then", "/help me please", "/DIFF  ")).toEqual(["1 diff", "3 help me please", "4 diff"]);
  });

  it("may end their lines with carriage returns, as comments from the web do", () => {
    expect(findCommands("/diff\r\n/help\r\n", TABLE)).toHaveLength(2);
  });

  it("stand at the start of the line, after up to three blanks", () => {
    expect(found("please /diff", "# /diff", "\\/diff")).toEqual([]);
    expect(found(" /diff", "", "   /help")).toEqual(["1 diff", "3 help"]);
  });

  it.each([
    ["a list", ["- /diff"], ["1 diff: it stands in a list"]],
    ["a nested list", ["- a", "  - b", "    - /diff", "  - /help"], ["4 help: it stands in a list"]],
    ["a task", ["- [ ] /diff"], ["1 diff: it stands in a list"]],
    ["a numbered list", ["1. /diff"], ["1 diff: it stands in a list"]],
    ["bold", ["**/diff**", "", "_/diff_"], ["1 diff: it is bold or in italics", "3 diff: it is bold or in italics"]],
    ["backticks", ["`/diff`"], ["1 diff: it stands in backticks"]],
  ])("are doubtful in %s: people may speak of them", (_name, lines, expected) => {
    expect(found(...lines)).toEqual(expected);
  });

  it.each([
    ["a fenced block", ["```", "/diff", "```"]],
    ["a fenced block with a language and inner ticks", ["````yaml", "```", "/diff", "```", "````"]],
    ["a fence of tildes", ["~~~", "/diff", "~~~"]],
    ["a fence that is never closed", ["text", "", "```", "/diff", "", "/help"]],
    ["an indented block", ["text", "", "    /diff"]],
    ["a block indented by a tab", ["text", "", "\t/diff"]],
    ["a code span over lines", ["see `this", "/diff", "there` ok"]],
    ["a quote", ["> /diff"]],
    ["the lines that a quote goes on in", ["> he said", "/diff"]],
    ["a quote in a list", ["- > quoted", "  > /diff"]],
    ["an HTML comment", ["<!--", "/diff", "", "/help", "-->"]],
    ["an HTML comment within a paragraph", ["text <!--", "/diff", "--> more"]],
    ["an HTML block", ["<details>", "/diff", "</details>"]],
    ["an HTML block, after a blank line", ["<details><summary>x</summary>", "", "/diff", "", "</details>"]],
    ["folds within folds", ["<details>", "", "<details>", "", "</details>", "", "/diff", "", "</details>"]],
    ["a fold that is never closed", ["<DETAILS open>", "", "/diff"]],
    ["preformatted HTML", ["<pre>", "", "/diff", "", "</pre>"]],
    ["a quote in HTML", ["<blockquote>", "", "/diff", "", "</blockquote>"]],
    ["struck out text", ["no <del>that", "/diff", "was</del> wrong"]],
    ["struck out paragraphs", ["<s>no", "", "/diff", "", "</s>"]],
    ["code in HTML", ["<code>", "/diff", "</code>"]],
    ["an attribute over lines", ['text <a title="', "/diff", '">x</a>']],
    ["a processing instruction", ["<?php", "/diff", "?>"]],
    ["a link's text", ["see [this", "/diff", "there](https://x.test)"]],
    ["a link's address", ["see [this](", "/diff", ")"]],
    ["a link's title", ["see [this](https://x.test '", "/diff", "')"]],
    ["an image's text", ["see ![this", "/diff", "there](https://x.test/a.png)"]],
    ["a link's definition", ["[x]:", "/diff"]],
    ["a footnote", ["a[^1]", "", "[^1]: see", "/diff"]],
    ["a table", ["| a |", "|---|", "/diff"]],
    ["a table's head", ["/diff | b", "---|---"]],
    ["a heading", ["# /diff", "## /help"]],
    ["code in a list", ["- a", "", "  ```", "  /diff", "  ```"]],
    ["a quote with a list", ["> - he said", "/diff"]],
    ["an alert", ["> [!NOTE]", "> /diff", "/help"]],
    ["a quote within a quote", ["> > a", "> b", "/diff"]],
    ["the middle of a line", ["please /diff", "and then /help"]],
    ["struck text", ["~~/help~~"]],
    ["a mention's line", ["@mona /diff"]],
    ["a mail below the answer", ["ok", "", "-----Original Message-----", "From: x", "", "/diff"]],
    ["a forwarded mail", ["---------- Forwarded message ---------", "", "/diff"]],
    ["a mail quoted without signs", ["ok", "", "On Mon, 23 Nov 2026 at 10:00, Bob <bob@x.test> wrote:", "", "/diff"]],
    ["a mail below a rule", ["ok", "________________________________", "From: Bob", "", "/diff"]],
    ["lines that other characters end", ["a\u2028/diff", "b\u0085/diff", "c\v/diff"]],
  ])("are not read in %s", (_name, lines) => {
    expect(found(...lines)).toEqual([]);
  });

  it("are read again after code, a quote and a comment", () => {
    expect(found("```", "/help", "```", "/diff", "", "> /help", "", "/diff", "<!-- /help -->", "", "/diff")).toEqual([
      "4 diff",
      "8 diff",
      "11 diff",
    ]);
  });

  it.each([
    ["below a heading's line", ["# Done", "/diff"], ["2 diff"]],
    ["that a line makes a heading", ["/diff", "---"], ["1 diff"]],
    ["above a mail's signature", ["/diff", "", "-- ", "Mona"], ["1 diff"]],
    [
      "in an answer by mail",
      ["/diff", "", "On Mon, 23 Nov 2026 at 10:00, Bob <bob@x.test> wrote:", "> /help"],
      ["1 diff"],
    ],
    ["below a mail's quote", ["On 23 Nov 2026 Bob wrote:", "", "> /help", "", "/diff"], ["5 diff"]],
    ["after a fold", ["<details>", "", "/help", "", "</details>", "", "/diff"], ["7 diff"]],
    ["after a closed element", ["<del>no</del>", "/diff"], ["2 diff"]],
    ["after a table and a blank line", ["| a |", "|---|", "| b |", "", "/diff"], ["5 diff"]],
    ["after a footnote and a blank line", ["[^1]: see", "", "/diff"], ["3 diff"]],
    ["in a paragraph below a list's item", ["- done", "/diff"], ["2 diff"]],
    ["in a paragraph of small text", ["<sub>small</sub>", "/diff"], ["2 diff"]],
    ["after what is no tag", ["if a <s and b <del then", "/diff"], ["2 diff"]],
    ["after an open bracket", ["see [this", "/diff"], ["2 diff"]],
    ["after a tag in code", ["`<details>`", "/diff"], ["2 diff"]],
    ["after a comment in a fold's name", ["<!-- <details> -->", "", "/diff"], ["3 diff"]],
    ["beside emphasis", ["**bold", "/diff", "end**"], ["2 diff"]],
    ["between other text, in order", ["/help", "x", "/diff", "y", "/status"], ["1 help", "3 diff", "5 status"]],
  ])("are read %s", (_name, lines, expected) => {
    expect(found(...lines)).toEqual(expected);
  });

  it.each([
    ["tabs", "/promote\tprod\t\twebapp", "1 promote prod  webapp"],
    ["no-break spaces", "/promote\u00a0prod\u202fwebapp", "1 promote prod webapp"],
    ["wide spaces", "/promote\u3000prod", "1 promote prod"],
    ["blanks at the end", "/promote prod \t \u00a0", "1 promote prod"],
    ["upper case", "/Promote prod", "1 promote prod"],
    ["zero-width characters in what follows", "/promote pr\u200bod\ufeff web\u2060app\u00ad", "1 promote prod webapp"],
    ["a mark of direction", "/promote prod\u200f", "1 promote prod"],
    ["an HTML comment behind it", "/promote prod <!-- staging --> webapp <!-- x", "1 promote prod   webapp"],
  ])("may have %s", (_name, line, expected) => {
    expect(found(line)).toEqual([expected]);
  });

  it.each([
    ["a fullwidth slash", "／promote prod", "begins with `／` (U+FF0F), which only looks like a slash"],
    ["a fraction slash", "⁄promote prod", "(U+2044)"],
    ["a division slash", "∕promote prod", "(U+2215)"],
    [
      "a byte order mark before it",
      "\ufeff/promote prod",
      "there is a character in or before its name that one cannot see",
    ],
    ["a zero-width space after the slash", "/\u200bpromote prod", "one cannot see"],
    ["a zero-width joiner in the name", "/pro\u200dmote prod", "one cannot see"],
    ["an override of direction", "/promote \u202edorp", "look other than it is read"],
    ["an isolate", "/promote \u2066prod\u2069", "look other than it is read"],
    ["a control character", "/promote pr\u0007od", "look other than it is read"],
    ["a NUL", "/promote pr\0od", "look other than it is read"],
    ["an override after its name", "/promote\u202e prod", "look other than it is read"],
  ])("are not carried out with %s, and say so", (_name, line, why) => {
    const [one, ...more] = findCommands(line, TABLE);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ kind: "doubtful", name: "promote", doubt: expect.stringContaining(why) });
  });

  it("are read after an unpaired backtick", () => {
    expect(found("a ` here", "/diff")).toEqual(["2 diff"]);
  });

  it.each([
    "/etc/passwd",
    "/cc @mona",
    "/v1.2",
    "/",
    "//diff",
    "/diff/all",
    "/diff.",
    "/tmp",
    "/usr/bin/env node",
    "/lgtm",
    "/deploy prod",
    "/rebase",
    "/ask",
    "/back to work",
    "/close",
    "/test all",
    "/assign @mona",
    "/cherry-pick release",
    "/\u200blgtm",
    "／etc",
    "/ promote prod",
    "/promote/prod",
    "/promote: prod",
    "/promote,",
    "/приве́т",
    "/123",
  ])("are not what %s is", (line) => {
    expect(found(line)).toEqual([]);
  });

  it.each([
    ["/dif", "1 dif? diff"],
    ["/idff", "1 idff? diff"],
    ["/helpp", "1 helpp? help"],
    ["/hlep", "1 hlep? help"],
    ["/promte prod", "1 promte? promote"],
    ["/rolback prod", "1 rolback? rollback"],
    ["/Realese prod", "1 realese? release"],
    ["/stauts", "1 stauts? status"],
    ["/рromote prod", "1 рromote? promote"],
  ])("get a suggestion when they are misspelt: %s", (line, expected) => {
    expect(found(line)).toEqual([expected]);
  });

  it.each([
    ["backticks", `${"`".repeat(20_000)}\n${"<!--".repeat(5_000)}\n${"> ".repeat(5_000)}\n\n/diff`],
    ["code spans", "`a ``b ```c ".repeat(5_000)],
    ["comments", `x ${"<!-- ".repeat(13_000)}`],
    ["comments in HTML", `<div>\n${"<!-- ".repeat(13_000)}`],
    ["tags", "<details".repeat(8_000)],
    ["tags of their own lines", "<del>\n".repeat(10_000)],
    ["brackets", `x ${"[".repeat(65_000)}`],
    ["images", `x ${"![".repeat(32_000)}`],
    ["links", `x ${"[a](".repeat(16_000)}`],
    ["emphasis", `x ${"*a_ ".repeat(16_000)}`],
    ["lists", "- ".repeat(32_000)],
    ["quotes", "> ".repeat(32_000)],
    ["tables", `a|b\n-|-\n${"a|b\n".repeat(15_000)}`],
    ["footnotes", "[^1]: x\n".repeat(8_000)],
    ["mails", "On 1 wrote:\n\n".repeat(5_000)],
    ["rules", `${"_".repeat(20)}\n`.repeat(3_000)],
    ["slashes", "/".repeat(65_536)],
    ["a long name", `/${"a".repeat(65_000)}`],
    ["blanks", `/diff${" ".repeat(65_000)}x`],
    ["unseen characters", `/diff ${"\u200b".repeat(65_000)}`],
    ["NULs", `${"\0".repeat(60_000)}\n/diff`],
    ["almost commands", "/promotf prod\n".repeat(4_500)],
  ])("are looked for in 64 KB of %s without delay", (_name, text) => {
    // The time that a test may take is what guards it.
    expect(findCommands(text.slice(0, 65_536), TABLE).length).toBeLessThan(6_000);
  });

  it("are found below 64 KB of text", () => {
    expect(found("word ".repeat(13_000), "/diff", "\0", "/help")).toEqual(["2 diff", "4 help"]);
    const many = findCommands("/diff\n".repeat(10_000), TABLE).length;
    expect(many).toBeGreaterThan(600);
    expect(many).toBeLessThan(700);
  });

  it("are lines of the comment whatever it is made of, never of code, and the same however often one looks", () => {
    const piece = fc.constantFrom(
      "/diff",
      "/promote prod",
      "\n",
      "\n\n",
      " ",
      "    ",
      "> ",
      "- ",
      "`",
      "```\n",
      "<!--",
      "-->",
      "<del>",
      "</del>",
      "[",
      "](",
      ")",
      "|",
      "---\n",
      "\u200b",
      "\u202e",
      "\0",
      "\r\n",
      "é",
      "[^1]: ",
      "<details>\n",
      "</details>\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const body = pieces.join("");
        const lines = body.split(/\r\n|\n|\r/);
        const all = findCommands(body, TABLE);
        for (const one of all)
          if (one.kind !== "doubtful") expect(lines[one.line - 1]).toMatch(/^ {0,3}[\u200b\u202e\0]*\//);
        expect(findCommands(body, TABLE)).toEqual(all);
        expect(findCommands(`~~~~\n${body}`, TABLE)).toEqual([]);
      }),
    );
  });
});

describe("l5-comment-parser: a comment that is made to cost", () => {
  const nasty: readonly (readonly [string, string])[] = [
    ["images that do not end", `${"![".repeat(32_000)}\n/diff`],
    ["the same on many lines", `${`${"![".repeat(400)}\n`.repeat(80)}/diff`],
    ["a long table", `|a|b|\n|-|-|\n${"|x|y|\n".repeat(10_000)}/diff`],
    ["thousands of lines with slashes", "/x\n".repeat(21_000)],
    ["paragraphs with a command each", `${"![".repeat(40)}\n/diff\n\n`.repeat(700)],
  ];

  it.each(nasty)("is looked at in its first lines, and parsed only in part: %s", (_, body) => {
    let steps = 0;
    const found = textLines(body.slice(0, 65_536), (line) => {
      steps += 1;
      return line.startsWith("/");
    });
    expect(steps).toBeLessThan(5_000);
    expect(found.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(5_000);
  });

  it("is not parsed at all without a line that may be a command", () => {
    let looks = 0;
    const never = () => {
      looks += 1;
      return false;
    };
    expect(textLines(`${"![".repeat(400)}\n`.repeat(80), never)).toEqual([]);
    // Whoever parses it looks at its lines once more.
    expect(looks).toBe(81);
  });
});

describe("l6-hidden-commands", () => {
  it.each([
    ["a hidden block", "<div hidden>\n\n/promote prod web\n\n</div>"],
    ["a paragraph without display", '<p style="display:none">\n\n/promote prod web\n\n</p>'],
    ["a span", "<span>\n/promote prod web\n</span>"],
    ["a formula", "$$\n/promote prod web\n$$"],
    ["a formula among text", "so $$ x\n/promote prod web\ny $$ it is"],
  ])("are none: in %s", (_, body) => {
    expect(found(body)).toEqual([]);
  });

  it.each([
    ["after a block that ended", "<div>\n\nhello\n\n</div>\n\n/diff"],
    ["after a line break", "hello<br>\n/diff"],
    ["after a placeholder", "use <name> here\n/diff"],
    ["after a formula that does not end", "costs $$ more\n/diff"],
  ])("what one sees is one: %s", (_, body) => {
    expect(findCommands(body, TABLE)).toHaveLength(1);
  });
});
