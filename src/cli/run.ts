import type { Command, CommandContext, CommandGroup } from "./command.ts";
import { EXIT } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { installedVersion } from "./installation.ts";
import { type CliIo, wantsColours } from "./io.ts";
import { parseCommandLine, usage } from "./parse.ts";
import { progressOn } from "./progress.ts";
import { reportError } from "./report-error.ts";
import { type Style, style } from "./style.ts";
import { suggest } from "./suggest.ts";

/**
 * Runs one command line (without `node` and the program's name) and gives the exit code. Never rejects: errors are
 * printed on standard error.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const debug = argv.includes("--debug");
  try {
    return await dispatch(argv, io);
  } catch (thrown) {
    return reportError(thrown, io, debug);
  }
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  if (words[0] === "--version" || words[0] === "-v") return print(io, `${installedVersion()}\n`);
  if (words[0] === "complete") return print(io, await completionsOf(words));
  const help = async (paint: Style) => generalHelp(commands, installedVersion(), paint);
  return dispatchAmong({ commands, before: "", help }, words, io);
}

/** Commands to choose from by the next word. */
interface Choice {
  readonly commands: readonly (Command | CommandGroup)[];
  /** The words before it, with a space at the end. */
  readonly before: string;
  help(paint: Style): string | Promise<string>;
}

async function dispatchAmong(choice: Choice, words: readonly string[], io: CliIo): Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined) {
    io.stderr.write(await choice.help(style(wantsColours(io.stderr, io.env))));
    return EXIT.usage;
  }
  const paint = style(wantsColours(io.stdout, io.env));
  if (word === "--help" || word === "-h") return print(io, await choice.help(paint));
  const command = choice.commands.find(({ name }) => name === `${choice.before}${word}`);
  if (command === undefined) throw unknownCommand(word, choice);
  if ("commands" in command) {
    const help = (style: Style) => commandHelp(command, style);
    return dispatchAmong({ commands: command.commands, before: `${command.name} `, help }, rest, io);
  }
  const parsed = parseCommandLine(command, rest);
  if (parsed.values.help === true) return print(io, commandHelp(command, paint));
  return run(command, parsed, io);
}

async function run(command: Command, parsed: ReturnType<typeof parseCommandLine>, io: CliIo): Promise<number> {
  const colours = wantsColours(io.stdout, io.env);
  const progress = progressOn(io.stderr, {
    plain: parsed.values.progress === true,
    now: () => performance.now(),
  });
  const context: CommandContext = {
    ...io,
    args: parsed.values as CommandContext["args"],
    positionals: parsed.positionals,
    colours,
    paint: style(colours),
    paintError: style(wantsColours(io.stderr, io.env)),
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

function print(io: CliIo, text: string): number {
  io.stdout.write(text);
  return EXIT.ok;
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
