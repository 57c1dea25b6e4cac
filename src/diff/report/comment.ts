import type { Completeness, Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { commentLimit, layOut, pageClosing, type ReportOptions, wholeChanges } from "./layout.ts";

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
 * The sticky comment of a preview: findings first, a table of targets, why they are affected, collapsed diffs (the
 * riskiest first, equal ones as one), what was left out. Over the limit the riskiest diffs stay and the comment says
 * how many are in the check. The same preview gives the same text.
 */
export function previewComment(preview: Preview, options: ReportOptions = {}): CommentReport {
  const layout = layOut(preview, options);
  const all = [
    ...layout.comment,
    ...layout.summary,
    ...layout.text.filter((block) => !layout.comment.includes(block)),
    ...layout.nowhere,
  ];
  const total = preview.targets.reduce((sum, target) => sum + target.changes.length, 0);
  const shown = wholeChanges(all, layout.comment);
  const body = [
    layout.commentOpening,
    ...layout.comment.map(({ text }) => `${text}\n`),
    elsewhere(total - shown, layout.completeness.truncated - preview.completeness.truncated, options),
    pageClosing(preview, layout.completeness, options.limit ?? commentLimit),
  ].join("");
  return { body, shown, omitted: total - shown, completeness: layout.completeness };
}

function elsewhere(omitted: number, truncated: number, { detailsUrl }: ReportOptions): string {
  if (omitted === 0 && truncated === 0) return "";
  const check = detailsUrl === undefined ? "the check" : `[the check](${detailsUrl})`;
  const inCheck = Math.max(0, omitted - truncated);
  const lost = truncated > 0 ? ` ${count(truncated, "resource diff")} no report on GitHub can hold whole.` : "";
  return `**${count(inCheck, "more resource diff stands", "more resource diffs stand")} in ${check}.**${lost}\n\n`;
}
