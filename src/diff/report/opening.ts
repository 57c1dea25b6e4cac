import type { Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { noteLines } from "./closing.ts";
import { driftSection } from "./drift.ts";
import { findingAlerts } from "./findings.ts";
import type { Fit } from "./fit.ts";
import { headline } from "./phrases.ts";
import { targetTable } from "./table.ts";
import { whySection } from "./why.ts";

/**
 * What stands before the diffs: title, findings, the table of targets, environments that are apart, and why targets are
 * affected. Fits the budget.
 */
export function opening(
  preview: Preview,
  { title, repositoryUrl }: { readonly title?: string | undefined; readonly repositoryUrl?: string | undefined },
  fit: Fit,
): string {
  const heading = title ?? `### Sluice: ${headline(preview)}\n\n`;
  const share = (part: number): Fit => ({ ...fit, budget: Math.floor((fit.budget - fit.measure(heading)) * part) });
  return [
    heading,
    findingAlerts(preview, share(0.36)),
    plainWords(preview),
    targetTable(preview, share(0.36)),
    driftSection(preview.drift, repositoryUrl, share(0.1)),
    whySection(preview, share(0.1)),
    noteLines(preview.notes, share(0.08)),
  ].join("");
}

/** Sentences for what a table cannot say: nothing to look at, nothing that changes. */
function plainWords({ targets, completeness, findings }: Preview): string {
  if (completeness.targets === 0) {
    return "No targets were found in this repository, so there is nothing to render. A target is a kustomization, a Helm chart or a directory of manifests; `.sluice.yaml` can name them.\n\n";
  }
  if (completeness.affected === 0 && findings.length > 0) return "";
  if (completeness.affected === 0) {
    return `No target reads a file that this pull request changes, so nothing changes in any environment (${count(completeness.targets, "target")} checked).\n\n`;
  }
  const same = targets.filter(({ status }) => status === "unchanged").length;
  if (same === 0) return "";
  const [reads, renders] = same === 1 ? ["reads", "renders"] : ["read", "render"];
  return `${count(same, "target")} ${reads} the changed files and ${renders} the same.\n\n`;
}
