import { UserError } from "../../model/errors.ts";
import type { Arguments, Command, Flag } from "./command.ts";
import { closest } from "./distance.ts";
import { usageOf } from "./page.ts";

const TOKEN = /"([^"]*)"|'([^']*)'|(\S+)/g;

/** What follows a command's name, held against what the command takes. Quotes keep blanks together. Anything else is a `usage` UserError that shows the usage. */
export function parseArguments(command: Command, rest: string): Arguments {
  const tokens = [...rest.matchAll(TOKEN)].map((match) => ({
    text: match[1] ?? match[2] ?? match[3] ?? "",
    bare: match[3] !== undefined,
  }));
  const words: string[] = [];
  const flags: Record<string, string | true> = {};
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (!token.bare || !token.text.startsWith("--")) {
      words.push(token.text);
      continue;
    }
    const [name = "", inline] = token.text.slice(2).split(/=(.*)/s);
    const flag = flagOf(command, name);
    const takesNext = flag.value !== undefined && inline === undefined;
    flags[flag.name] = flagValue(command, flag, takesNext ? tokens[++at]?.text : inline);
  }
  checkCount(command, words);
  return { words, flags };
}

function flagOf(command: Command, name: string): Flag {
  const flag = command.flags.find((one) => one.name === name);
  if (flag !== undefined) return flag;
  const meant = closest(
    name,
    command.flags.map((one) => one.name),
  );
  throw wrong(
    command,
    `there is no flag \`--${clip(name)}\`${meant === undefined ? "" : `; did you mean \`--${meant}\`?`}`,
  );
}

function flagValue(command: Command, flag: Flag, value: string | undefined): string | true {
  if (flag.value === undefined && value === undefined) return true;
  if (flag.value === undefined) throw wrong(command, `\`--${flag.name}\` takes no value`);
  if (value === undefined || value === "") throw wrong(command, `\`--${flag.name}\` needs a value`);
  return value;
}

function checkCount(command: Command, words: readonly string[]): void {
  const [fewest, most] = command.words;
  if (words.length < fewest) throw wrong(command, "something is missing after it");
  const extra = words[most];
  if (extra === undefined) return;
  throw wrong(
    command,
    most === 0 ? `it takes nothing after it, not \`${clip(extra)}\`` : `\`${clip(extra)}\` is one word too many`,
  );
}

function wrong(command: Command, message: string): UserError {
  return new UserError("usage", message, { fix: `write \`${usageOf(command)}\`` });
}

/** A person's own words go back into markdown: short, and unable to end the code span or to ping anybody. */
function clip(text: string): string {
  return text.replaceAll(/[`\r\n]/g, "").slice(0, 40);
}
