import type { Completeness, Preview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { deployedBy } from "./deployed.ts";
import type { Fit } from "./fit.ts";
import { commitLink } from "./links.ts";
import type { ReportOptions } from "./options.ts";

const maxListed = 10;

/** The small print: which commits were compared, how much was checked, what to do to check again. */
export function closing(preview: Preview, completeness: Completeness, options: ReportOptions): string {
  const hidden = completeness.ignoredLines ?? 0;
  const notFollowed = completeness.unpinned.filter(({ kind }) => kind === "object").length;
  const masked = preview.targets.some(({ changes }) => changes.some(({ diff }) => diff.includes("‹hidden ")));
  const nothing = completeness.affected === 0;
  const ofConfiguration = nothing && preview.configuration !== undefined;
  const parts = [
    masked ? "Values of Secrets are never shown; the same fingerprint means the same value" : "",
    deployedBy(preview, { repositoryUrl: options.repositoryUrl, head: preview.head }),
    ofConfiguration ? configurationCompared(preview, options) : comparedText(preview, options),
    checkedText(completeness, preview),
    notFollowed > 0 ? `**${thousands(notFollowed)} not followed**` : "",
    hidden > 0 ? `${count(hidden, "line")} hidden by \`preview.ignore\`` : "",
    nothing || options.command === undefined ? "" : `${code(options.command)} checks again`,
    options.docsUrl === undefined ? "" : docsLink(options.docsUrl, ofConfiguration),
  ];
  return `<sub>${parts.filter((part) => part !== "").join(" · ")}</sub>\n`;
}

/** Where the file is all that there is to compare. */
function configurationCompared({ base }: Preview, { repositoryUrl, baseName = "base" }: ReportOptions): string {
  return `Compared with ${inert(baseName)}'s \`.sluice.yaml\` at ${commitLink(base, repositoryUrl)}`;
}

function docsLink(docsUrl: string, ofConfiguration: boolean): string {
  return ofConfiguration ? `[configuration](${docsUrl}/configuration)` : `[how to read this](${docsUrl}/preview)`;
}

function comparedText(
  { mergeBase, head }: Preview,
  { repositoryUrl, baseName = "base", headName = "this branch" }: ReportOptions,
): string {
  const from = mergeBase === "" ? "nothing" : `${inert(baseName)} ${commitLink(mergeBase, repositoryUrl)}`;
  return `${from} → ${inert(headName)} ${commitLink(head, repositoryUrl)}`;
}

/** `checked 6 of 6, 2 stay the same`; bold where something was not checked. */
function checkedText(completeness: Completeness, { targets }: Preview): string {
  const text = checkedCount(completeness, targets.filter(({ status }) => status === "unchanged").length);
  if (completeness.rendered < completeness.affected) return `**${text}**`;
  return (completeness.partial ?? 0) > 0 ? `**${text} in part**` : text;
}

/** The same as plain text; nothing where nothing had to be checked. */
export function checkedCount({ affected, rendered }: Completeness, unchanged: number): string {
  if (affected === 0) return "";
  const same =
    unchanged === 0 || unchanged === affected
      ? ""
      : `, ${thousands(unchanged)} ${unchanged === 1 ? "stays" : "stay"} the same`;
  return `checked ${thousands(rendered)} of ${thousands(affected)}${same}`;
}

/** What the reader must know about the configuration; as many remarks as fit. */
export function noteLines(notes: readonly string[], fit: Fit): string {
  if (notes.length === 0) return "";
  const lines: string[] = [];
  let used = 120;
  for (const note of notes.slice(0, maxListed)) {
    const line = `- ${inert(note)}`;
    used += fit.measure(line) + 1;
    if (used > fit.budget) break;
    lines.push(line);
  }
  const rest = notes.length - lines.length;
  if (lines.length === 0) return "";
  if (rest > 0) lines.push(`- and ${thousands(rest)} more`);
  return `<details><summary>${count(notes.length, "remark")}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
}

/** What is not followed, where no finding tells it. */
export function notFetched({ completeness, findings }: Preview): string {
  const isTold = findings.some(({ id }) => id === "reference-not-fetched");
  const references = completeness.unpinned.filter(({ kind }) => kind === "object" || !isTold);
  if (references.length === 0) return "";
  const listed = references.slice(0, maxListed).map(({ reference, reason, file }) => {
    const where = file === undefined ? "" : ` in ${code(file)}`;
    return `- ${code(reference)}${where}: ${inert(reason)}`;
  });
  const rest = references.length - listed.length;
  if (rest > 0) listed.push(`- and ${rest} more`);
  return `Not followed, so what it would add is not compared:\n\n${listed.join("\n")}\n\n`;
}
