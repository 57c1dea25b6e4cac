import type { CommandInfo } from "../../model/command.ts";
import { sentenceList } from "../../model/text/lists.ts";

/** How a command is written, with what may follow it. */
export function usageOf(command: CommandInfo): string {
  const flags = command.flags.map((flag) => `[--${flag.name}${flag.value === undefined ? "" : ` <${flag.value}>`}]`);
  return [`/${command.name}`, command.usage, ...flags].filter((part) => part !== "").join(" ");
}

/** The list of commands for a reply: how each is typed, and what it does. Two columns, so that it fits a phone. */
export function helpText(table: readonly CommandInfo[]): string {
  const rows = table.map(({ examples: [{ line }], summary }) => `| \`${line.replaceAll("|", "\\|")}\` | ${summary} |`);
  const at = (level: CommandInfo["needs"]): string =>
    sentenceList(
      table.filter(({ needs, who }) => who === undefined && needs === level).map(({ name }) => `\`/${name}\``),
    );
  return [
    "Write a command on a line of its own, in a comment on a pull request:",
    ["| Command | What it does |", "|---|---|", ...rows].join("\n"),
    `${at("read")} are for everyone with read access, ${at("triage")} from triage on. The others follow \`allow\` in \`.sluice.yaml\`; without it, anyone with write access (\`/override\`: maintain). \`/promote prod --dry-run\` only shows.`,
  ].join("\n\n");
}
