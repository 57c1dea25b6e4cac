import type { Preview } from "../../model/preview.ts";
import { inert } from "../../model/text/markdown.ts";
import { headingMarks } from "./changes.ts";
import { configurationErrorsText } from "./config-errors.ts";
import { configurationText } from "./configuration.ts";
import { chartWords, plainWords, toolMessages } from "./facts.ts";
import { findingAlerts } from "./findings.ts";
import type { Fit } from "./fit.ts";
import type { ChangeGroup } from "./fold.ts";
import type { ReportOptions } from "./options.ts";
import { changeTable } from "./table.ts";
import { verdict } from "./verdict.ts";

/**
 * What stands before the diffs: the verdict, findings, sentences, where what changes, what tools said. Fits the budget.
 */
export function opening(preview: Preview, groups: readonly ChangeGroup[], options: ReportOptions, fit: Fit): string {
  const { sign, text } = verdict(preview, headingMarks, options.baseName);
  const heading = `### ${sign === "" ? "" : `${sign} `}${inert(text)}\n\n`;
  const share = (part: number): Fit => ({ ...fit, budget: Math.floor((fit.budget - fit.measure(heading)) * part) });
  const links = { repositoryUrl: options.repositoryUrl, head: preview.head };
  const errors = configurationErrorsText(preview, links, share(0.25));
  const parts = [
    errors,
    findingAlerts(preview, links, share(errors === "" ? 0.5 : 0.25), { ack: options.acknowledge, heading: text }),
    plainWords(preview, groups),
    chartWords(preview),
    changeTable(preview, share(0.3)),
    configurationText(preview, share(0.2)),
    toolMessages(preview),
  ];
  let left = fit.budget - fit.measure(heading);
  const fitting = parts.filter((part) => {
    left -= fit.measure(part);
    return left >= 0;
  });
  return `${heading}${fitting.join("")}`;
}
