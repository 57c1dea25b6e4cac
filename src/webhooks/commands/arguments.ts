import { type Arguments, type CommandInfo, clip, type Flag } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import { closest } from "./spelling.ts";
import { type Token, tokensOf } from "./tokens.ts";
import { usageOf } from "./usage.ts";

/**
 * Parses what follows a command's name. Quotes keep blanks together. What the command does not take is a `usage`
 * UserError that shows the usage.
 */
export function parseArguments(command: CommandInfo, rest: string): Arguments {
  const tokens = tokensOf(
    rest,
    command.flags.map((flag) => flag.name),
  );
  const words: string[] = [];
  const flags = new Map<string, string | true>();
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === "word") {
      words.push(token.text);
      continue;
    }
    const flag = flagOf(command, token.name);
    if (flags.has(flag.name)) throw wrongUsage(command, `\`--${flag.name}\` is there twice`);
    const { value, next } = flagValue(command, flag, token, tokens.slice(at + 1));
    flags.set(flag.name, value);
    at += next;
  }
  checkCount(command, words);
  return { words, flags: Object.fromEntries(flags) };
}

/** A `usage` UserError about what follows a command, with the command's usage as the fix. */
export function wrongUsage(command: CommandInfo, message: string): UserError {
  return new UserError("usage", message, { fix: usageFix(command) });
}

/** The command's usage and an example, as a fix. */
export function usageFix(command: CommandInfo): string {
  const usage = `write \`${usageOf(command)}\``;
  const { line } = command.examples[0];
  return line === `/${command.name}` ? usage : `${usage}, as in \`${line}\``;
}

function flagOf(command: CommandInfo, name: string): Flag {
  const flag = command.flags.find((one) => one.name === name);
  if (flag !== undefined) return flag;
  const meant = closest(
    name,
    command.flags.map((one) => one.name),
  );
  throw wrongUsage(
    command,
    `there is no flag \`--${clip(name)}\`${meant === undefined ? "" : `; did you mean \`--${meant}\`?`}`,
  );
}

/** The flag's value, and how many of the tokens after it belong to it. */
function flagValue(
  command: CommandInfo,
  flag: Flag,
  given: Extract<Token, { kind: "flag" }>,
  after: readonly Token[],
): { readonly value: string | true; readonly next: number } {
  if (flag.value === undefined && given.value === undefined) return { value: true, next: 0 };
  if (flag.value === undefined) throw wrongUsage(command, `\`--${flag.name}\` takes no value`);
  let next = given.value === undefined ? 1 : 0;
  let value = given.value ?? wordOf(after[0]);
  if (value === undefined || value === "") throw wrongUsage(command, `\`--${flag.name}\` needs a value`);
  for (; ; next++) {
    const more = after[next];
    if (more?.kind !== "word" || more.quoted || flag.goesOn?.(value, more.text) !== true) return { value, next };
    value += ` ${more.text}`;
  }
}

function wordOf(token: Token | undefined): string | undefined {
  return token?.kind === "word" ? token.text : undefined;
}

function checkCount(command: CommandInfo, words: readonly string[]): void {
  const [min, max] = command.words;
  if (words.length < min) throw wrongUsage(command, "something is missing after it");
  const extra = words[max];
  if (extra === undefined) return;
  throw wrongUsage(
    command,
    max === 0 ? `it takes nothing after it, not \`${clip(extra)}\`` : `\`${clip(extra)}\` is one word too many`,
  );
}
