import { describe, expect, it } from "vitest";
import { findCommands } from "../../../src/webhooks/commands/find.ts";
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

  it("stand at the very start of the line", () => {
    expect(found("please /diff", " /diff", "- /diff", "# /diff", "\\/diff")).toEqual([]);
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
    "/123",
  ])("are not what %s is", (line) => {
    expect(found(line)).toEqual([]);
  });

  it.each([
    ["/dif", "1 dif? diff"],
    ["/idff", "1 idff? diff"],
    ["/helpp", "1 helpp? help"],
    ["/hlep", "1 hlep? help"],
  ])("get a suggestion when they are misspelt: %s", (line, expected) => {
    expect(found(line)).toEqual([expected]);
  });

  it("are found in long hostile text without delay", () => {
    const text = `${"`".repeat(20_000)}\n${"<!--".repeat(5_000)}\n${"> ".repeat(5_000)}\n\n/diff`.slice(0, 65_536);
    expect(found(text).length).toBeLessThanOrEqual(1);
    expect(found("`a ``b ```c ".repeat(5_000))).toEqual([]);
    expect(found(`x ${"<!-- ".repeat(13_000)}`)).toEqual([]);
  });
});
