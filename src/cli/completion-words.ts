import type { Command, CommandGroup, CommandShape, Flag, Flags } from "./command.ts";
import { COMMON_FLAGS } from "./parse.ts";

/** One word that fits, and what it means. */
interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand at the cursor: words of Sluice's own, or names of files or folders, which the shell knows. */
export type Completion = readonly Candidate[] | "files" | "folders";

/**
 * What may stand at the cursor, given the words up to it (without `sluice`; the last one is what is typed so far, or
 * empty).
 */
export function complete(words: readonly string[], commands: readonly (Command | CommandGroup)[]): Completion {
  const { before, current } = split(words);
  const [first, ...rest] = before;
  if (first === "help") return complete([...rest, current], commands);
  if (first === undefined) return fitting([...named(commands), ...topFlags(current)], current);
  const found = commands.find(({ name }) => name === first);
  if (found === undefined) return [];
  if (!("commands" in found)) return argument(found, rest, current);
  const [second, ...others] = rest;
  if (second === undefined) return fitting(named(found.commands), current);
  const command = found.commands.find(({ name }) => name === `${first} ${second}`);
  return command === undefined ? [] : argument(command, others, current);
}

/** The answer as lines for the scripts of `completion.ts`: `WORD<tab>DESCRIPTION`, or `:files` or `:folders`. */
export function completionLines(completion: Completion): string {
  if (typeof completion === "string") return `:${completion}\n`;
  return completion.map(({ word, description }) => `${word}\t${description}\n`).join("");
}

/** bash gives `--flag=value` as three words: `--flag`, `=` and `value`. */
function split(words: readonly string[]): { readonly before: readonly string[]; readonly current: string } {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  if (typed === "=") return { before, current: "" };
  return { before: before.at(-1) === "=" ? before.slice(0, -1) : before, current: typed };
}

function argument(command: Command, before: readonly string[], current: string): Completion {
  const flags: Flags = { ...command.flags, ...COMMON_FLAGS };
  if (before.includes("--")) return positional(command, current) ?? [];
  const awaited = flagOf(before.at(-1), flags);
  if (awaited !== undefined && awaited.type !== "boolean") return values(awaited, current, "");
  const [, name = "", typed] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (typed !== undefined) return values(flagOf(`--${name}`, flags), typed, `--${name}=`);
  const unused = Object.entries(flags)
    .filter(([flag, { type }]) => type === "list" || !before.includes(`--${flag}`))
    .map(([flag, { description }]) => ({ word: `--${flag}`, description }));
  if (current.startsWith("-")) return fitting(unused, current);
  return positional(command, current) ?? fitting(unused, current);
}

function flagOf(word: string | undefined, flags: Flags): Flag | undefined {
  const name = word?.startsWith("--") ? word.slice(2) : "";
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

function values(flag: Flag | undefined, current: string, prefix: string): Completion {
  const { choices, value } = flag ?? {};
  if (choices === undefined) return ofPlaceholder(value) ?? [];
  return fitting(
    choices.map((choice) => plain(`${prefix}${choice}`)),
    `${prefix}${current}`,
  );
}

/** What the command's arguments are, `undefined` when Sluice cannot know. */
function positional({ positionals }: CommandShape, current: string): Completion | undefined {
  const [first] = positionals;
  if (first?.choices === undefined) return ofPlaceholder(first?.name);
  return fitting(first.choices.map(plain), current);
}

function ofPlaceholder(placeholder = ""): "files" | "folders" | undefined {
  if (placeholder.startsWith("DIR")) return "folders";
  return placeholder === "FILE" ? "files" : undefined;
}

function plain(word: string): Candidate {
  return { word, description: "" };
}

/** Commands by the last word of their names. */
function named(commands: readonly CommandShape[]): readonly Candidate[] {
  return commands.map(({ name, summary }) => ({ word: name.split(" ").at(-1) ?? name, description: summary }));
}

function topFlags(current: string): readonly Candidate[] {
  if (!current.startsWith("-")) return [];
  const help = { word: "--help", description: COMMON_FLAGS.help.description };
  return [help, { word: "--version", description: "show the version" }];
}

function fitting(candidates: readonly Candidate[], current: string): readonly Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(current));
}
