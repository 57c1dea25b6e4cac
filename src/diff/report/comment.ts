import type { Completeness, Preview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { type Layout, layOut, smallPrint, wholeChanges } from "./layout.ts";
import type { ReportOptions } from "./options.ts";

/** A comment and what it holds. */
export interface CommentReport {
  /** Markdown within the limit, without the marker. */
  readonly body: string;
  /** Resource diffs that stand whole in the comment. */
  readonly shown: number;
  /** Resource diffs that do not. */
  readonly omitted: number;
  /** With `truncated`: the resource diffs that neither the comment nor the check holds. */
  readonly completeness: Completeness;
}

/**
 * The one comment of a preview: the verdict, findings, where what changes, diffs (the riskiest first, equal ones as
 * one, short ones open), what was not compared, the small print. Over the limit the riskiest diffs stay and the comment
 * says how many are in the check. The same preview gives the same text.
 */
export function previewComment(preview: Preview, options: ReportOptions = {}): CommentReport {
  const layout = layOut(preview, options);
  const total = preview.targets.reduce((sum, target) => sum + target.changes.length, 0);
  const shown = wholeChanges(allBlocks(layout), layout.comment);
  const body = [
    layout.opening,
    elsewhere(total, shown, layout.completeness.truncated - preview.completeness.truncated, options),
    ...layout.comment.map(({ text }) => `${text}\n`),
    layout.ending,
    smallPrint(preview, layout, options),
  ].join("");
  return { body, shown, omitted: total - shown, completeness: layout.completeness };
}

function allBlocks(layout: Layout) {
  const inText = layout.text.filter((block) => !layout.comment.includes(block));
  return [...layout.comment, ...layout.summary, ...inText, ...layout.nowhere];
}

/** Where the diffs are that the comment does not hold. */
function elsewhere(total: number, shown: number, lost: number, { detailsUrl }: ReportOptions): string {
  const omitted = total - shown;
  if (omitted <= 0) return "";
  const check = detailsUrl === undefined ? "the check" : `[the check](${detailsUrl})`;
  const inCheck = Math.max(0, omitted - lost);
  const others =
    inCheck === 0 ? "" : ` The other ${inCheck === 1 ? "one is" : `${thousands(inCheck)} are`} in ${check}.`;
  const nowhere =
    lost > 0 ? ` ${count(lost, "diff is", "diffs are")} too large for GitHub; \`sluice preview\` shows all.` : "";
  return `**Shown here: ${thousands(shown)} of ${count(total, "diff")}**, the riskiest first.${others}${nowhere}\n\n`;
}
