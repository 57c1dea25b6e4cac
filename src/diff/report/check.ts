import type { Annotation, CheckReport } from "../../model/github.ts";
import type { Completeness, Preview, RenderProblem } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { annotationsOf } from "./annotations.ts";
import { checkLimit, type Layout, layOut, pageClosing, type ReportOptions } from "./layout.ts";
import { headline } from "./phrases.ts";

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

/**
 * The check of a preview: the summary says what the comment says, the text holds the diffs, first those that the
 * comment cannot hold. `failure` when the change broke a target or a danger was found; `neutral` when there are
 * warnings, or something was left out or could not be rendered before either; `success` only when all was rendered,
 * shown and harmless.
 */
export function previewCheck(
  preview: Preview,
  options: ReportOptions = {},
): CheckContent & { readonly completeness: Completeness } {
  const layout = layOut(preview, options);
  const { completeness } = layout;
  return {
    title: headline(preview),
    summary: summaryOf(preview, layout),
    text: layout.text.map(({ text }) => text).join("\n"),
    conclusion: conclude(preview, completeness),
    annotations: annotationsOf(preview.findings),
    completeness,
  };
}

function summaryOf(preview: Preview, layout: Layout): string {
  const lost = layout.completeness.truncated - preview.completeness.truncated;
  const note =
    lost > 0
      ? `**${count(lost, "resource diff")} could not be held whole by the comment and this check together.** Run \`sluice preview\` to read all of it.\n\n`
      : "";
  return [
    layout.summaryOpening,
    ...layout.summary.map(({ text }) => `${text}\n`),
    note,
    pageClosing(preview, layout.completeness, checkLimit),
  ].join("");
}

function conclude(preview: Preview, completeness: Completeness): CheckContent["conclusion"] {
  const { failed, affected, rendered, truncated, unpinned } = completeness;
  const has = (severity: string) => preview.findings.some((finding) => finding.severity === severity);
  const others = preview.targets.filter(({ status, error }) => status === "failed" && isOfOthers(error)).length;
  if (failed > others || rendered + others < affected || has("danger")) return "failure";
  return failed > 0 || truncated > 0 || unpinned.length > 0 || has("warning") ? "neutral" : "success";
}

/** Whether the change is not to blame for a failed render. */
function isOfOthers(error: RenderProblem | undefined): boolean {
  return error?.cause !== undefined && error.cause !== "change";
}
