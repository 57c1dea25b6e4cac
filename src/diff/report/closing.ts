import type { Completeness, Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import type { Fit } from "./fit.ts";

const maxListed = 10;

/** The last lines: what was looked at, what was left out, and which commits were compared. */
export function closing(preview: Preview, completeness: Completeness, fit: Fit): string {
  const isFinding = preview.findings.some(({ id }) => id === "reference-not-fetched");
  const full = `${unpinned(completeness, isFinding)}${completenessLine(completeness)}\n\n${footer(preview)}\n`;
  return fit.measure(full) <= fit.budget ? full : `${completenessLine(completeness)}\n\n${footer(preview)}\n`;
}

/** "12 of 12 affected targets rendered, 0 truncated, 4 noise lines hidden". */
function completenessLine(completeness: Completeness): string {
  const { affected, rendered, failed, truncated, hiddenLines, targets } = completeness;
  const parts = [
    `${rendered} of ${count(affected, "affected target")} rendered`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${truncated} truncated`,
    `${count(hiddenLines, "noise line")} hidden`,
    ...(completeness.unpinned.length > 0 ? [`${completeness.unpinned.length} not followed`] : []),
  ];
  return `**${parts.join(", ")}.** ${count(targets, "target")} known.`;
}

/** What the reader must know about the configuration; as many remarks as fit. */
export function noteLines(notes: readonly string[], fit: Fit): string {
  if (notes.length === 0) return "";
  const lines: string[] = [];
  let used = 60;
  for (const note of notes.slice(0, maxListed)) {
    const line = `- ${inert(note)}`;
    used += fit.measure(line) + 1;
    if (used > fit.budget) break;
    lines.push(line);
  }
  const rest = notes.length - lines.length;
  if (rest > 0) lines.push(`- ${count(rest, lines.length > 0 ? "more remark" : "remark")} on the configuration`);
  return `${lines.join("\n")}\n\n`;
}

/** Where there are findings about what is not fetched, only what objects point at: they say it already. */
function unpinned({ unpinned: references }: Completeness, isFinding: boolean): string {
  const pointedAt = references.filter(({ kind }) => kind === "object" || !isFinding);
  if (pointedAt.length === 0) return "";
  const listed = pointedAt.slice(0, maxListed).map(({ reference, reason, file }) => {
    const where = file === undefined ? "" : ` in ${code(file)}`;
    return `- ${code(reference)}${where}: ${inert(reason)}`;
  });
  const rest = pointedAt.length - listed.length;
  if (rest > 0) listed.push(`- and ${rest} more`);
  return `Not followed, so not in this preview:\n${listed.join("\n")}\n\n`;
}

function footer({ mergeBase, head }: Preview): string {
  const from = mergeBase === "" ? "nothing" : code(mergeBase.slice(0, 12));
  return `<sub>Compared ${from} (merge base) with ${code(head.slice(0, 12))} (head).</sub>`;
}
