import { readFile } from "node:fs/promises";
import type { Command, CommandContext } from "./command.ts";
import { EXIT } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { type Surroundings, wantsColours } from "./io.ts";
import { parseCommandLine, usage } from "./parse.ts";
import { progressOn } from "./progress.ts";
import { reportError } from "./report-error.ts";
import { style } from "./style.ts";
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
  const [name, ...rest] = argv[0] === "help" ? [...argv.slice(1, 2), "--help"] : argv;
  const paint = style(wantsColours(around.stdout, around.env));
  if (name === "--version" || name === "-v") return print(around, `${await version()}\n`);
  if (name === undefined || name === "--help" || name === "-h") {
    const text = generalHelp(commands, await version(), paint);
    if (name !== undefined) return print(around, text);
    around.stderr.write(text);
    return EXIT.usage;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name);
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

function print(around: Surroundings, text: string): number {
  around.stdout.write(text);
  return EXIT.fine;
}

function unknownCommand(name: string): Error {
  const names = commands.map((command) => command.name);
  if (name.startsWith("-")) return usage(`unknown flag ${name}`, "The command comes first: sluice <command> [flags].");
  const near = suggest(name, names);
  return usage(
    `unknown command "${name}"`,
    near ? `Did you mean sluice ${near}?` : `The commands are ${names.join(", ")}.`,
  );
}

/** The version in package.json. */
async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version?: unknown }).version);
}
