import type { CommandInfo } from "../../model/command.ts";

/** How a command is written, with what may follow it. */
export function usageOf(command: CommandInfo): string {
  const flags = command.flags.map((flag) => `[--${flag.name}${flag.value === undefined ? "" : ` <${flag.value}>`}]`);
  return [`/${command.name}`, command.usage, ...flags].filter((part) => part !== "").join(" ");
}

/** The commands as a markdown table. */
export function commandList(table: readonly CommandInfo[]): string {
  const rows = table.map((one) => `| \`${usageOf(one).replaceAll("|", "\\|")}\` | ${one.summary} | ${whoOf(one)} |`);
  return ["| Command | What it does | Who may |", "|---|---|---|", ...rows].join("\n");
}

/** What the list's last column means, for people who do not know the configuration. */
export const whoDecides =
  "“As `allow` says”: the people and teams that the environment's `allow` in the configuration names; everybody with `write` where it names none. The same goes for `gates.override`, with `maintain`.";

/** Who may give the command, as tables name it. */
export function whoOf(one: CommandInfo): string {
  return one.who ?? `\`${one.needs}\``;
}
