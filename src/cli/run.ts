import { installedVersion } from "../model/installation.ts";
import type { Command, CommandContext, CommandGroup } from "./command.ts";
import { EXIT } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { type Surroundings, wantsColours } from "./io.ts";
import { parseCommandLine, usage } from "./parse.ts";
import { progressOn } from "./progress.ts";
import { reportError } from "./report-error.ts";
import { type Style, style } from "./style.ts";
import { suggest } from "./suggest.ts";

/** Runs one command line (without `node` and the program's name) and gives the exit code. Never rejects: errors are told on standard error. */
export async function runCli(argv: readonly string[], around: Surroundings): Promise<number> {
  const debug = argv.includes("--debug");
  try {
    return await dispatch(argv, around);
  } catch (thrown) {
    return reportError(thrown, around, debug);
  }
}

async function dispatch(argv: readonly string[], around: Surroundings): Promise<number> {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  if (words[0] === "--version" || words[0] === "-v") return print(around, `${installedVersion()}\n`);
  if (words[0] === "complete") return print(around, await completionsOf(words));
  const help = async (paint: Style) => generalHelp(commands, installedVersion(), paint);
  return dispatchAmong({ commands, before: "", help }, words, around);
}

/** Commands to choose from by the next word. */
interface Choice {
  readonly commands: readonly (Command | CommandGroup)[];
  /** The words before it, with a space at the end. */
  readonly before: string;
  help(paint: Style): string | Promise<string>;
}

async function dispatchAmong(choice: Choice, words: readonly string[], around: Surroundings): Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined) {
    around.stderr.write(await choice.help(style(wantsColours(around.stderr, around.env))));
    return EXIT.usage;
  }
  const paint = style(wantsColours(around.stdout, around.env));
  if (word === "--help" || word === "-h") return print(around, await choice.help(paint));
  const command = choice.commands.find(({ name }) => name === `${choice.before}${word}`);
  if (command === undefined) throw unknownCommand(word, choice);
  if ("commands" in command) {
    const help = (style: Style) => commandHelp(command, style);
    return dispatchAmong({ commands: command.commands, before: `${command.name} `, help }, rest, around);
  }
  const parsed = parseCommandLine(command, rest);
  if (parsed.values.help === true) return print(around, commandHelp(command, paint));
  return run(command, parsed, around);
}

async function run(
  command: Command,
  parsed: ReturnType<typeof parseCommandLine>,
  around: Surroundings,
): Promise<number> {
  const colours = wantsColours(around.stdout, around.env);
  const progress = progressOn(around.stderr, {
    plain: parsed.values.progress === true,
    now: () => performance.now(),
  });
  const context: CommandContext = {
    ...around,
    args: parsed.values as CommandContext["args"],
    positionals: parsed.positionals,
    colours,
    paint: style(colours),
    paintError: style(wantsColours(around.stderr, around.env)),
    progress,
    debug: parsed.values.debug === true,
  };
  try {
    return await command.run(context);
  } finally {
    progress.clear();
  }
}

/** The answer to the scripts of `sluice completion`, for `complete -- WORD…`. */
async function completionsOf([, , ...words]: readonly string[]): Promise<string> {
  const { complete, completionLines } = await import("./completion-words.ts");
  return completionLines(complete(words, commands));
}

function print(around: Surroundings, text: string): number {
  around.stdout.write(text);
  return EXIT.fine;
}

function unknownCommand(word: string, { commands: known, before }: Choice): Error {
  const names = known.map(({ name }) => name);
  if (word.startsWith("-")) {
    return usage(`unknown flag ${word}`, `The command comes first: sluice ${before}<command> [flags].`);
  }
  const near = suggest(`${before}${word}`, names);
  return usage(
    `unknown command "${before}${word}"`,
    near ? `Did you mean sluice ${near}?` : `The commands are ${names.join(", ")}.`,
  );
}
