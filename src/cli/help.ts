import { type Command, type CommandGroup, type CommandShape, EXIT, type Flag, type Flags } from "./command.ts";
import { COMMON_FLAGS } from "./parse.ts";
import { pad, type Style, width } from "./style.ts";

/** What the exit codes mean, one per line of the help. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "success"],
  [EXIT.failed, "Sluice, or something that it needs, failed"],
  [EXIT.usage, "the command line, the configuration or the repository is wrong: you can fix it"],
  [EXIT.failOn, "--fail-on or --exit-code found something, or a target is refused"],
  [EXIT.inUse, "serve: another process still has the data folder"],
  [EXIT.interrupted, "interrupted"],
];

/** `--flag VALUE` as it is written. */
export function flagUsage(name: string, flag: Flag): string {
  return flag.type === "boolean" ? `--${name}` : `--${name} ${flag.choices?.join("|") ?? flag.value ?? "VALUE"}`;
}

/** What a flag does, with its default. */
export function flagText(flag: Flag): string {
  const also = (flag.also ?? []).map(({ name }) => `, also --${name}`).join("");
  const description = `${flag.description}${also}`;
  return flag.default === undefined ? description : `${description} (default: ${flag.default})`;
}

/** `sluice <command> …` in one line. */
export function usageLine(command: Command | CommandGroup): string {
  if ("commands" in command) return `sluice ${command.name} <command>`;
  const positionals = command.positionals
    .map(({ name, many, required }) => (required ? ` ${name}` : ` [${name}${many ? "…" : ""}]`))
    .join("");
  return `sluice ${command.name}${positionals}${Object.keys(command.flags).length > 0 ? " [flags]" : ""}`;
}

/** The help of everything. */
export function generalHelp(commands: readonly CommandShape[], version: string, paint: Style): string {
  return [
    `${paint.bold("sluice")} ${version}: pull requests as the control plane of a GitOps repository`,
    "",
    `${paint.bold("Usage:")} sluice <command> [flags]`,
    "",
    paint.bold("Commands:"),
    ...rows(commands.map(({ name, summary }) => [paint.cyan(name), summary])),
    "",
    paint.bold("Flags:"),
    ...rows([...flagRows(COMMON_FLAGS, paint), [paint.cyan("--version"), "show the version"]]),
    "",
    ...exitCodes(paint),
    "",
    "sluice <command> --help explains one command.",
    "",
  ].join("\n");
}

/** The help of one command, or of a group with its commands. */
export function commandHelp(command: Command | CommandGroup, paint: Style): string {
  return [
    `${paint.bold(`sluice ${command.name}`)}: ${command.summary}`,
    "",
    `${paint.bold("Usage:")} ${usageLine(command)}`,
    "",
    ...command.description.flatMap((paragraph) => [...wrap(paragraph, 96), ""]),
    ...section(
      "Commands",
      "commands" in command ? command.commands.map(({ name, summary }) => [paint.cyan(name), summary]) : [],
      paint,
    ),
    ...section(
      "Arguments",
      command.positionals.map(({ name, description }) => [paint.cyan(name), description]),
      paint,
    ),
    ...section("Flags", flagRows({ ...command.flags, ...COMMON_FLAGS }, paint), paint),
    ...section(
      "Examples",
      command.examples.map(([line, does]) => [paint.cyan(`sluice ${line}`), does]),
      paint,
    ),
    ...exitCodes(paint, command),
    "",
  ].join("\n");
}

function flagRows(flags: Flags, paint: Style): (readonly [string, string])[] {
  return Object.entries(flags).map(([name, flag]) => [paint.cyan(flagUsage(name, flag)), flagText(flag)]);
}

/** Of one command only those that it has. */
function exitCodes(paint: Style, command?: Command | CommandGroup): readonly string[] {
  const own = EXIT_CODES.flatMap(([code, meaning]): readonly (readonly [string, string])[] => {
    if (command !== undefined && code === EXIT.inUse && command.name !== "serve") return [];
    const said = command !== undefined && code === EXIT.failOn ? foundBy(command) : meaning;
    return said === "" ? [] : [[String(code), said]];
  });
  return [paint.bold("Exit codes:"), ...rows(own)];
}

/** For what a command ends with the code that says that something was found; `""` where it never does. */
function foundBy(command: Command | CommandGroup): string {
  if ("commands" in command) return [...new Set(command.commands.map(foundBy))].filter((one) => one !== "").join("; ");
  const { flags } = command;
  const asked = ["fail-on", "exit-code"].filter((name) => name in flags).map((name) => `--${name} found something`);
  return [...asked, ...("write" in flags ? ["a target is refused"] : [])].join(", or ");
}

function section(title: string, lines: readonly (readonly [string, string])[], paint: Style): readonly string[] {
  return lines.length === 0 ? [] : [paint.bold(`${title}:`), ...rows(lines), ""];
}

/** Two columns; the text of a row with a very wide first cell starts on the next line. */
function rows(lines: readonly (readonly [string, string])[]): readonly string[] {
  const columns = Math.min(36, Math.max(...lines.map(([left]) => width(left))));
  return lines.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrap(right, 92 - columns);
    const indented = rest.map((line) => `  ${" ".repeat(columns)}  ${line}`);
    if (width(left) > columns) return [`  ${left}`, `  ${" ".repeat(columns)}  ${first}`, ...indented];
    return [`  ${pad(left, columns)}  ${first}`.trimEnd(), ...indented];
  });
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
