import type { Annotation, CheckReport } from "../../model/github.ts";
import type { Completeness, Preview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { annotationsOf } from "./annotations.ts";
import { plainMarks } from "./changes.ts";
import { configurationPage } from "./configuration.ts";
import { type Layout, layOut, smallPrint, wholeChanges } from "./layout.ts";
import type { ReportOptions } from "./options.ts";
import { changedTargets, isBroken, verdict } from "./verdict.ts";

/** What a check says, except for its name and head. */
export interface CheckContent {
  readonly title: string;
  /** At most 65,535 bytes of UTF-8, as `text`. */
  readonly summary: string;
  readonly text: string;
  readonly conclusion: NonNullable<CheckReport["conclusion"]>;
  /** At most 50, the gravest first. */
  readonly annotations: readonly Annotation[];
}

/** What a check needs besides the preview. */
export interface CheckOptions extends ReportOptions {
  /** Where the comment stands; `undefined` when there is none, so that the check says it all. */
  readonly commentUrl?: string | undefined;
}

/**
 * The check of a preview: the verdict as title, a link to the comment, the diffs, first those that the comment cannot
 * hold. `failure` when the change broke something or a danger was found that nobody acknowledged; `neutral` when there
 * are warnings, something was left out or could not be rendered before either, or the configuration is removed;
 * `success` only when all was rendered, shown and harmless.
 */
export function previewCheck(
  preview: Preview,
  options: CheckOptions = {},
): CheckContent & { readonly completeness: Completeness } {
  const { commentUrl: _, ...given } = options;
  const layout = layOut(preview, given);
  const { completeness } = layout;
  return {
    title: verdict(preview, plainMarks, options.baseName).text,
    summary: summaryOf(preview, layout, options),
    text: textOf(layout, options),
    conclusion: conclude(preview, completeness),
    annotations: annotationsOf(preview.findings),
    completeness,
  };
}

function summaryOf(preview: Preview, layout: Layout, options: CheckOptions): string {
  const lost = layout.completeness.truncated - preview.completeness.truncated;
  const intro =
    options.commentUrl === undefined
      ? `${layout.opening}${layout.ending}${smallPrint(preview, layout, options)}\n`
      : introduction(preview, options.commentUrl);
  const note =
    lost > 0
      ? `**${count(lost, "diff is", "diffs are")} too large for GitHub.** \`sluice preview\` shows all.\n\n`
      : "";
  return [intro, diffsTitle(preview, layout), note, ...layout.summary.map(({ folded }) => `${folded}\n`)].join("");
}

/** The first diff, the riskiest, is open. */
function textOf(layout: Layout, options: CheckOptions): string {
  const blocks = layout.text.map(({ folded }, index) =>
    index === 0 ? folded.replace("<details>", "<details open>") : folded,
  );
  return [...blocks, again(options)].filter((part) => part !== "").join("\n");
}

function introduction(preview: Preview, commentUrl: string): string {
  const { findings, configuration } = preview;
  const places = findings.some(({ file }) => file !== undefined) ? ' and at their lines in "Files changed"' : "";
  const what = findings.length > 0 ? "Risks and summary are" : "The summary is";
  const alone = configuration !== undefined && changedTargets(preview).length === 0;
  const link = alone
    ? `The effect is in [the comment](${commentUrl}).`
    : `${what} in [the comment](${commentUrl})${places}.`;
  return configurationPage(preview, link) || `${link}\n\n`;
}

function diffsTitle(preview: Preview, layout: Layout): string {
  const total = preview.targets.reduce((sum, { changes }) => sum + changes.length, 0);
  if (total === 0) return "";
  const blocks = [...layout.text, ...layout.summary];
  const missing = [...layout.comment, ...layout.nowhere].filter((block) => !blocks.includes(block));
  const held = wholeChanges([...blocks, ...missing], blocks);
  if (held === total) return total === 1 ? "" : `**All ${count(total, "diff")}**, the riskiest first:\n\n`;
  return `**${thousands(held)} of ${count(total, "diff")}**, those first that the comment does not hold:\n\n`;
}

function again({ command }: ReportOptions): string {
  return command === undefined ? "" : `**To check again:** press "Re-run", or comment \`${command}\`.\n`;
}

function conclude(
  { findings, targets, configuration }: Preview,
  completeness: Completeness,
): CheckContent["conclusion"] {
  const { failed, affected, rendered, truncated, unpinned, unknown = 0, newValues = 0 } = completeness;
  const others = targets.filter((target) => target.status === "failed" && !isBroken(target)).length;
  const dangers = findings.filter(({ severity }) => severity === "danger");
  if (failed > others || rendered + others + unknown < affected) return "failure";
  if (dangers.some(({ acknowledged }) => acknowledged === undefined)) return "failure";
  const warned = findings.some(({ severity }) => severity !== "notice");
  const isRemoved = configuration?.isRemoved === true;
  const unseen = failed + unknown + truncated + unpinned.length + newValues > 0;
  return unseen || warned || isRemoved ? "neutral" : "success";
}
