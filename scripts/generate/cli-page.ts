import type { Command, CommandGroup } from "../../src/cli/command.ts";
import { EXIT_CODES, flagText, flagUsage, usageLine } from "../../src/cli/help.ts";
import { COMMON_FLAGS } from "../../src/cli/parse.ts";

/** The reference page of the command line in Markdown, made from the command table; `docs/cli.md` is this text. */
export function cliReference(commands: readonly (Command | CommandGroup)[]): string {
  const all = commands.flatMap((one) => ("commands" in one ? [one, ...one.commands] : [one]));
  return `${[
    "# The command line",
    "",
    "<!-- Made from src/cli/commands.ts: change it there. -->",
    "",
    '`sluice <command> [flags]`. `bin/sluice` runs it from a checkout on the right Node. To call it as `sluice`: `ln -s "$PWD/bin/sluice" ~/.local/bin/sluice`. With',
    "Docker Compose: `docker compose run --rm worker doctor`.",
    "",
    "| command | does |",
    "|---|---|",
    ...all.map(({ name, summary }) => `| [\`${name}\`](#sluice-${name.replaceAll(" ", "-")}) | ${cell(summary)} |`),
    "",
    "Every command takes:",
    "",
    ...flagTable(COMMON_FLAGS),
    "",
    "Results go to standard output, everything else to standard error. Colors are shown on a terminal; `NO_COLOR` turns them off, `FORCE_COLOR` on.",
    "",
    "| exit code | means |",
    "|---|---|",
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
    ...all.flatMap(section),
  ].join("\n")}\n`;
}

function section(command: Command | CommandGroup): readonly string[] {
  return [
    "",
    `## sluice ${command.name}`,
    "",
    `\`${usageLine(command)}\`: ${command.summary}.`,
    ...command.description.flatMap((paragraph) => ["", paragraph.replaceAll("<", "&lt;")]),
    ...(command.positionals.length > 0 ? ["", "| argument | is |", "|---|---|"] : []),
    ...command.positionals.map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`),
    ...(Object.keys(command.flags).length > 0 ? ["", ...flagTable(command.flags)] : []),
    ...(command.examples.length > 0 ? ["", "| example | |", "|---|---|"] : []),
    ...command.examples.map(([line, does]) => `| \`sluice ${cell(line)}\` | ${cell(does)} |`),
  ];
}

function flagTable(flags: Command["flags"]): readonly string[] {
  return [
    "| flag | does |",
    "|---|---|",
    ...Object.entries(flags).map(([name, flag]) => `| \`${cell(flagUsage(name, flag))}\` | ${cell(flagText(flag))} |`),
  ];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
