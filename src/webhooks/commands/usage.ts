import type { CommandInfo, Example } from "../../model/command.ts";
import { sentenceList } from "../../model/text/lists.ts";

/** How a command is written, with what may follow it. */
export function usageOf(command: CommandInfo): string {
  const flags = command.flags.map((flag) => `[--${flag.name}${flag.value === undefined ? "" : ` <${flag.value}>`}]`);
  return [`/${command.name}`, command.usage, ...flags].filter((part) => part !== "").join(" ");
}

/** What people type, where that says more than the plainest example of a command. */
const rows: Readonly<Record<string, readonly Example[]>> = {
  promote: [
    { line: "/promote prod", does: "Opens a pull request that gives prod the versions of staging" },
    { line: "/promote prod webapp@1.4.0", does: "The same for one app, and for a version that staging had" },
  ],
  rollback: [{ line: "/rollback prod webapp", does: "Opens a pull request that restores the last healthy version" }],
  hold: [{ line: "/hold prod big sale", does: "Stops promotions, image updates and deploys there" }],
  release: [{ line: "/release prod", does: "Ends the hold" }],
  status: [{ line: "/status", does: "Where this change is" }],
  diff: [
    { line: "/diff", does: "Checks this pull request again" },
    { line: "/diff live prod", does: "Compares what runs in prod with Git" },
  ],
  reconcile: [{ line: "/reconcile staging", does: "Deploys it again" }],
  ack: [{ line: "/ack <finding>", does: "Confirms that a danger is meant" }],
  override: [{ line: "/override <gate> <reason>", does: "Passes a gate, on record" }],
};

/** The order in which people want them: what moves versions, what tells, what decides. */
const order = ["promote", "rollback", "hold", "release", "status", "diff", "retry", "reconcile", "ack", "override"];

/** The list of commands for a reply: how each is typed, and what it does. Two columns, so that it fits a phone. */
export function helpText(table: readonly CommandInfo[]): string {
  const rank = ({ name }: CommandInfo) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = table.toSorted((a, b) => rank(a) - rank(b));
  const listed = sorted
    .filter(({ name }) => name !== "help")
    .flatMap(({ name, examples: [{ line }], summary }) => rows[name] ?? [{ line, does: summary }]);
  const at = (level: CommandInfo["needs"]): string =>
    sentenceList(
      sorted.filter(({ needs, who }) => who === undefined && needs === level).map(({ name }) => `\`/${name}\``),
    );
  return [
    "Write a command on a line of its own, in a comment on a pull request:",
    [
      "| Command | What it does |",
      "|---|---|",
      ...listed.map(({ line, does }) => `| \`${line.replaceAll("|", "\\|")}\` | ${does} |`),
    ].join("\n"),
    `${at("read")} are for everyone with read access, ${at("triage")} from triage on. The others follow \`allow\` in \`.sluice.yaml\`; without it, anyone with write access (\`/override\`: maintain). \`/promote prod --dry-run\` only shows.`,
  ].join("\n\n");
}
