import { describe, expect, it } from "vitest";
import type { CommandInfo } from "../../../src/model/command.ts";
import { UserError } from "../../../src/model/errors.ts";
import { parseArguments } from "../../../src/webhooks/commands/arguments.ts";

const diff: CommandInfo = {
  name: "diff",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Renders again",
  details: "",
  examples: [{ line: "/diff", does: "renders again" }],
  needs: "read",
  why: "",
};

const promote: CommandInfo = {
  ...diff,
  name: "promote",
  usage: "<env> [app…]",
  words: [1, 3],
  examples: [{ line: "/promote prod", does: "promotes" }],
  flags: [
    { name: "dry-run", summary: "Only says what would happen" },
    { name: "until", value: "time", summary: "When it ends" },
  ],
};

function wrong(rest: string, command = promote): UserError {
  try {
    parseArguments(command, rest);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error(`taken: ${rest}`);
}

describe("what follows a command", () => {
  it("is words and flags, in any order, quotes keeping blanks together", () => {
    expect(parseArguments(promote, `prod "web app" --until '2 h' --dry-run x`)).toEqual({
      words: ["prod", "web app", "x"],
      flags: { until: "2 h", "dry-run": true },
    });
    expect(parseArguments(promote, "--until=a=b prod").flags).toEqual({ until: "a=b" });
    expect(parseArguments(promote, `prod "--dry-run"`)).toEqual({ words: ["prod", "--dry-run"], flags: {} });
  });

  it.each([
    ["", "something is missing after it"],
    ["a b c d", "`d` is one word too many"],
    ["prod --dryrun", "there is no flag `--dryrun`; did you mean `--dry-run`?"],
    ["prod --force", "there is no flag `--force`"],
    ["prod --dry-run=yes", "`--dry-run` takes no value"],
    ["prod --until", "`--until` needs a value"],
    ["prod --until=", "`--until` needs a value"],
    ["prod --constructor", "there is no flag `--constructor`"],
    ["prod --dry-run --dry-run", "`--dry-run` is there twice"],
    ["prod --until 2h --until=3h", "`--until` is there twice"],
    ["prod --until --dry-run", "`--until` needs a value"],
    ["prod —force", "there is no flag `--force`"],
  ])("is refused where it does not fit: %s", (rest, message) => {
    const error = wrong(rest);
    expect(error.kind).toBe("usage");
    expect(error.message).toBe(message);
    expect(error.fix).toBe("write `/promote <env> [app…] [--dry-run] [--until <time>]`, as in `/promote prod`");
  });

  it("is nothing for a command that takes nothing", () => {
    expect(parseArguments(diff, "")).toEqual({ words: [], flags: {} });
    expect(wrong("live", diff).message).toBe("it takes nothing after it, not `live`");
  });

  it.each([
    ["prod —dry-run", { words: ["prod"], flags: { "dry-run": true } }],
    ["prod –dry-run", { words: ["prod"], flags: { "dry-run": true } }],
    ["prod −−dry-run", { words: ["prod"], flags: { "dry-run": true } }],
    ["prod -dry-run", { words: ["prod"], flags: { "dry-run": true } }],
    ["--Dry-Run prod", { words: ["prod"], flags: { "dry-run": true } }],
    ["—until=“2 h” prod", { words: ["prod"], flags: { until: "2 h" } }],
    ["--until='2 h' prod", { words: ["prod"], flags: { until: "2 h" } }],
    ["prod “web app” ‘the api’", { words: ["prod", "web app", "the api"], flags: {} }],
    ["prod „web app“ «the api»", { words: ["prod", "web app", "the api"], flags: {} }],
    ["`prod` `web app`", { words: ["prod", "web app"], flags: {} }],
    ["prod don't Bob's", { words: ["prod", "don't", "Bob's"], flags: {} }],
    ["prod don’t Bob’s", { words: ["prod", "don’t", "Bob’s"], flags: {} }],
    ['prod 5" "open', { words: ["prod", '5"', '"open'], flags: {} }],
    ["prod — -", { words: ["prod", "—", "-"], flags: {} }],
    ["prod -- -x", { words: ["prod", "--", "-x"], flags: {} }],
    ["  prod   x  ", { words: ["prod", "x"], flags: {} }],
    ['prod ""', { words: ["prod", ""], flags: {} }],
  ])("may be written as phones and people write it: %s", (rest, expected) => {
    expect(parseArguments(promote, rest)).toEqual(expected);
  });

  it("is read in time that grows with its length", () => {
    for (const piece of ['"', "'", "“", "`", "--a=", '--a="', "—", "-a"]) {
      try {
        parseArguments({ ...promote, words: [0, 1e6] }, piece.repeat(60_000 / piece.length));
        parseArguments({ ...promote, words: [0, 1e6] }, `${piece} `.repeat(30_000 / piece.length));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });

  it("is repeated in a message only cut and inside its code span", () => {
    expect(wrong(`x\`@everyone\`${"y".repeat(100)}`, diff).message).toBe(
      `it takes nothing after it, not \`x@everyone${"y".repeat(30)}\``,
    );
  });
});
