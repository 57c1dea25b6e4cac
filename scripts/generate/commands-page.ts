import type { CommandInfo } from "../../src/model/command.ts";
import { usageOf } from "../../src/webhooks/commands/usage.ts";

/** The page `docs/commands.md`; a test keeps the file equal to it. */
export function commandsPage(table: readonly CommandInfo[]): string {
  return [...intro, "", commandList(table), ...table.flatMap((one) => ["", ...section(one)]), ""].join("\n");
}

/** What the list's last column means, for people who do not know the configuration. */
const whoDecides =
  "“People listed in `allow`”: the people and teams that the environment's `allow` in the configuration names; without it, anyone with `write`. The same goes for `gates.override`, with `maintain`.";

const intro = [
  "# Commands",
  "",
  "Comment on a pull request to tell Sluice what to do:",
  "",
  "```text",
  "Looks good in staging.",
  "",
  "/promote prod",
  "```",
  "",
  "It reacts with 👀 when it has seen the command, then with 🚀 (done) or 👎 (refused), and replies once with the result or the fix:",
  "",
  "> ❌ **Not promoted:** there is no environment `pord`. Did you mean this?",
  ">",
  "> ```text",
  "> /promote prod",
  "> ```",
  ">",
  "> <sub>`/promote pord` by `mona`</sub>",
  "",
  "## How a command is written",
  "",
  "- At the start of its own line, with nothing before the slash. One line is one command.",
  "- A comment may have up to ten, with other text around them. They run in order, and one that is refused does not stop the next. All are answered in",
  "  one reply.",
  "- `<env>` is the name of an environment, `<app>` of an app, as the preview's comment shows them. What stands in `[…]` may be left out, and `…` may be several.",
  '- Quotes keep blanks together: `"my app"`. Curly quotes (“my app”) and long dashes (`—dry-run`) work too, and so do backticks around',
  "  a word, commas between apps and `/PROMOTE`.",
  "- Text in code blocks, quotes, tables, links, footnotes, HTML comments and `<details>` is left alone, and so is the mail below an answer by mail. So is every",
  "  line that only looks like a command (`/etc/passwd`, `/cc @somebody`). A name that is nearly a command's gets a suggestion.",
  "- Only new comments by people count: on pull requests, and on the issue that Sluice opens about [drift](deploy.md#drift). Editing a comment does nothing: write a new one. Bots are ignored.",
  "- If GitHub does not answer, Sluice retries for about twelve minutes, then replies that the command failed.",
  "",
  "## Who is allowed",
  "",
  "Rights are checked at the moment of the command: your level in the repository (`read`, `triage`, `write`, `maintain`, `admin`), and for most commands the",
  "[configuration](configuration.md) of the branch that the pull request goes into, never that of the pull request itself. On a pull request from a fork the",
  "same rules hold: what counts is who comments, not whose branch it is.",
  "",
  whoDecides,
  "",
  "Anyone else gets 👎 and a reply that names what is missing; nothing else happens.",
  "",
  "## From staging to production and back",
  "",
  "1. On the pull request that brought version 1.4.0 to staging, open or merged: `/promote prod`. Sluice opens a promotion pull request, with the rendered",
  "   diff for production and a table of the gates that it must pass.",
  "2. On the promotion: approve it, as on any pull request. To pass a gate: `/override soak the fix cannot wait`. To confirm a danger: `/ack` and its",
  "   name.",
  "3. Where is it? `/status`, on either of the two.",
  "4. If the version is bad: `/rollback prod webapp`. Sluice opens the pull request that brings back the version before, and holds production, so that nothing is",
  "   promoted there by itself.",
  "5. It is fixed: `/release prod/webapp`, or `/promote prod webapp` with the newer version.",
  "",
  "## All commands",
];

function section(one: CommandInfo): string[] {
  const flags = one.flags.map((flag) => `- \`--${flag.name}\`: ${flag.summary}.`);
  return [
    `### \`${usageOf(one)}\``,
    "",
    one.details,
    ...(flags.length === 0 ? [] : ["", ...flags]),
    "",
    "| Example | What comes of it |",
    "|---|---|",
    ...one.examples.map(({ line, does }) => `| \`${line}\` | ${does} |`),
    "",
    `Allowed for: ${whoOf(one)}. ${upperFirst(one.why)}.`,
  ];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The commands as a markdown table. */
function commandList(table: readonly CommandInfo[]): string {
  const rows = table.map((one) => `| \`${usageOf(one).replaceAll("|", "\\|")}\` | ${one.summary} | ${whoOf(one)} |`);
  return ["| Command | What it does | Allowed for |", "|---|---|---|", ...rows].join("\n");
}

/** Who may give the command, as tables name it. */
function whoOf(one: CommandInfo): string {
  return one.who ?? `\`${one.needs}\``;
}
