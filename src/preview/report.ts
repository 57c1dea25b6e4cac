import { configProblemsReport, inert, previewCheck, previewComment } from "../diff/index.ts";
import type { UserError } from "../model/errors.ts";
import type { CheckReport } from "../model/github.ts";
import type { PreviewOutcome } from "./outcome.ts";

/** The name of the check run. */
export const checkName = "Sluice preview";

/** Names the one comment of a pull request that previews are written to. */
export const previewMarker = "preview";

/** What a preview says on the pull request: one comment and one check with the same content. */
export interface PreviewReport {
  readonly comment: string;
  readonly check: CheckReport;
}

/** Says an outcome to people. `repositoryUrl` is the repository's page on GitHub, for links to commits. */
export function report(outcome: PreviewOutcome, repositoryUrl?: string): PreviewReport {
  const about = { name: checkName, headSha: outcome.commits.head, status: "completed" } as const;
  if (outcome.kind === "config") {
    const { comment, check } = configProblemsReport(outcome.problems, { head: outcome.commits.head });
    return { comment, check: { ...about, ...check } };
  }
  const options = repositoryUrl === undefined ? {} : { repositoryUrl };
  const { completeness: _, ...check } = previewCheck(outcome.preview, options);
  return { comment: previewComment(outcome.preview, options).body, check: { ...about, ...check } };
}

/** What the check says while the preview runs. */
export function running(headSha: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "in_progress",
    title: "Rendering",
    summary: "Rendering every target that this pull request can have changed, at the merge base and at the head.",
  };
}

/** What the check of a head says when a newer head came while it ran. */
export function superseded(headSha: string, newer: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "completed",
    conclusion: "neutral",
    title: "Superseded",
    summary:
      newer === headSha
        ? "The pull request's base changed while this was rendered; it is rendered again."
        : `A newer head, ${newer}, came while this one was rendered. Its check says the rest.`,
  };
}

/** What the check of a head says when its pull request was closed before it was rendered. */
export function closed(headSha: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "completed",
    conclusion: "neutral",
    title: "Closed",
    summary: "The pull request was closed before it was rendered.",
  };
}

/** What a pull request from a fork gets: it is listed, not rendered, because its content is untrusted. */
export function forkReport(headSha: string): PreviewReport {
  const title = "Not rendered: the pull request comes from a fork";
  const summary =
    "Pull requests from forks are listed and not rendered, because rendering runs untrusted templates. The operator of Sluice may allow it with `PREVIEW_FORKS=true`.";
  return {
    comment: `### ${title}\n\n${summary}\n`,
    check: { name: checkName, headSha, status: "completed", conclusion: "neutral", title, summary },
  };
}

/** What a pull request gets when its repository makes a preview impossible. */
export function refusedReport(headSha: string, error: UserError): PreviewReport {
  const title = "Not rendered";
  const summary = [error.message, error.fix].filter((part) => part !== undefined).join("\n\n");
  return {
    comment: `### ${title}\n\n${inert(summary)}\n`,
    check: { name: checkName, headSha, status: "completed", conclusion: "failure", title, summary: inert(summary) },
  };
}

/** What a pull request gets when Sluice itself failed and will not try again. */
export function faultReport(headSha: string, incident: string): PreviewReport {
  const title = "Not rendered: Sluice failed";
  const summary = `This is not the pull request's fault, and nothing is known about what it changes. Comment \`/diff\` to try again; the operator finds the cause in the log under \`${incident}\`.`;
  return {
    comment: `### ${title}\n\n${summary}\n`,
    check: { name: checkName, headSha, status: "completed", conclusion: "failure", title, summary },
  };
}
