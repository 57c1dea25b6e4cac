import type { Command } from "./command.ts";

/** How a command is written, with what may follow it. */
export function usageOf(command: Command): string {
  const flags = command.flags.map((flag) => `[--${flag.name}${flag.value === undefined ? "" : ` <${flag.value}>`}]`);
  return [`/${command.name}`, command.usage, ...flags].filter((part) => part !== "").join(" ");
}

/** The commands as a markdown table. */
export function commandList(table: readonly Command[]): string {
  const rows = table.map((one) => `| \`${usageOf(one).replaceAll("|", "\\|")}\` | ${one.summary} | \`${one.needs}\` |`);
  return ["| Command | What it does | Who may |", "|---|---|---|", ...rows].join("\n");
}

/** The page `docs/commands.md`; a test keeps the file equal to it. */
export function commandsPage(table: readonly Command[]): string {
  return [
    "# Commands",
    "",
    "Comment on a pull request to tell Sluice what to do. A command stands at the start of its own line; code, quotes and HTML are left",
    "alone, and so is every line that only looks like one (`/etc/passwd`, `/cc @somebody`). One comment may have up to ten commands. Only new",
    "comments by people count: editing one does nothing.",
    "",
    "Sluice answers with 👀 when it has seen the commands, then with 🚀 when all were carried out or 👎 when one was not, and with one reply that says",
    "what was done or what was wrong. Who may is checked at that moment, against the rights in the repository. A name that is nearly",
    "a command's gets a suggestion.",
    "",
    commandList(table),
    ...table.flatMap((one) => ["", ...section(one)]),
    "",
  ].join("\n");
}

function section(one: Command): string[] {
  const flags = one.flags.map((flag) => `- \`--${flag.name}\`: ${flag.summary}`);
  return [
    `## \`${usageOf(one)}\``,
    "",
    one.details,
    ...(flags.length === 0 ? [] : ["", ...flags]),
    "",
    `Needs \`${one.needs}\`: ${one.why}.`,
  ];
}
