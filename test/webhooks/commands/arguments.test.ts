import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/errors.ts";
import { parseArguments } from "../../../src/webhooks/commands/arguments.ts";
import type { Command } from "../../../src/webhooks/commands/command.ts";
import { diff } from "../../../src/webhooks/commands/diff.ts";

const promote: Command = {
  ...diff,
  name: "promote",
  usage: "<env> [app…]",
  words: [1, 3],
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
  ])("is refused where it does not fit: %s", (rest, message) => {
    const error = wrong(rest);
    expect(error.kind).toBe("usage");
    expect(error.message).toBe(message);
    expect(error.fix).toBe("write `/promote <env> [app…] [--dry-run] [--until <time>]`");
  });

  it("is nothing for a command that takes nothing", () => {
    expect(parseArguments(diff, "")).toEqual({ words: [], flags: {} });
    expect(wrong("live", diff).message).toBe("it takes nothing after it, not `live`");
  });

  it("is repeated in a message only cut and inside its code span", () => {
    expect(wrong(`x\`@everyone\`${"y".repeat(100)}`, diff).message).toBe(
      `it takes nothing after it, not \`x@everyone${"y".repeat(30)}\``,
    );
  });
});
