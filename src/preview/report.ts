import {
  configProblemsReport,
  inert,
  plainMarks,
  plusMinus,
  previewCheck,
  previewComment,
  type ReportOptions,
  verdict,
} from "../diff/index.ts";
import type { UserError } from "../model/errors.ts";
import type { CheckReport, PullRequest } from "../model/github.ts";
import type { Preview } from "../model/preview.ts";
import type { Target } from "../model/target.ts";
import { clip, oneLine } from "../model/text/lines.ts";
import { hiddenResult } from "./earlier-result.ts";
import { touchedText } from "./fork.ts";
import type { PreviewOutcome } from "./outcome.ts";

/** The name of the check run of a pull request into the default branch. */
export const checkName = "Sluice preview";

/** The name of the check run: for another base than the default branch it says the base. */
export function checkNameFor({ base, defaultBranch }: Pick<PullRequest, "base" | "defaultBranch">): string {
  return base.ref === defaultBranch ? checkName : `${checkName} (${base.ref})`;
}

/** Names the one comment of a pull request that previews are written to. */
export const previewMarker = "preview";

/** The command that checks again. */
const command = "/diff";

/** The command that confirms a danger, before the finding's name. */
const acknowledge = "/ack";

/** What a preview says on the pull request. */
export interface PreviewReport {
  readonly comment: string;
  /** Nothing changes and everything was checked: the check alone says so, unless the configuration wants more. */
  readonly quiet: boolean;
  /** The configuration wants no comments. */
  readonly silent: boolean;
  /** The check, which names the comment where there is one. */
  check(commentUrl?: string): CheckReport;
}

/** What a report knows besides the outcome. */
export interface ReportFacts {
  /** The repository's page on GitHub, for links. */
  readonly repositoryUrl?: string;
  readonly baseName: string;
  readonly docsUrl?: string;
}

/** Says an outcome to people. */
export function report(outcome: PreviewOutcome, facts: ReportFacts): PreviewReport {
  const about = { name: checkName, headSha: outcome.commits.head, status: "completed" } as const;
  if (outcome.kind === "config") {
    const { comment, check } = configProblemsReport(outcome.problems, {
      head: outcome.commits.base,
      command,
      ...facts,
    });
    return { comment, quiet: false, silent: false, check: () => ({ ...about, ...check }) };
  }
  const options: ReportOptions = { ...facts, command, acknowledge };
  const { preview } = outcome;
  return {
    comment: `${previewComment(preview, options).body}${hiddenResult(resultOf(preview))}`,
    quiet: outcome.comment === "changes" && isQuiet(outcome),
    silent: outcome.comment === "never",
    check: (commentUrl) => {
      const { completeness: _, ...check } = previewCheck(preview, { ...options, commentUrl });
      return { ...about, ...check };
    },
  };
}

/** `webapp in prod: 1.4.0 → 1.5.0 (+1 −1)`, for a comment that has to say what was known last. */
function resultOf(preview: Preview) {
  const changes = preview.targets.flatMap((target) => target.changes);
  const sum = (key: "addedLines" | "removedLines") => changes.reduce((total, change) => total + change[key], 0);
  const lines = changes.length === 0 ? "" : ` (${plusMinus(sum("addedLines"), sum("removedLines"))})`;
  return { head: preview.head, text: `${verdict(preview, plainMarks).text}${lines}` };
}

/** Whether nothing changes, nothing was found and nothing was left out. Where no app is known nothing was checked. */
function isQuiet({ preview }: Extract<PreviewOutcome, { kind: "preview" }>): boolean {
  const { completeness, findings, targets } = preview;
  const { failed, affected, rendered, unpinned, truncated } = completeness;
  const checked =
    completeness.targets > 0 && failed === 0 && rendered === affected && unpinned.length === 0 && truncated === 0;
  const { configuration } = preview;
  const asBefore = configuration === undefined || (!configuration.isRemoved && configuration.effects.length === 0);
  return (
    checked &&
    asBefore &&
    preview.moved === undefined &&
    findings.length === 0 &&
    targets.every(({ status }) => status === "unchanged")
  );
}

/** What the check says while the preview runs. */
export function running(headSha: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "in_progress",
    title: "Checking",
    summary: "Sluice renders what this pull request can have changed, before and after, and compares.",
  };
}

/** What the check of a head says when a newer head came while it ran. */
export function superseded(headSha: string, newer: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "completed",
    conclusion: "neutral",
    title:
      newer === headSha ? "Not checked: the base changed meanwhile" : `Not checked: replaced by ${newer.slice(0, 7)}`,
    summary:
      newer === headSha
        ? "The pull request got another base while it was checked; it is checked again."
        : `A newer commit, ${newer}, came while this one was checked. Its check says the rest.`,
  };
}

/** What the check of a head says when its pull request was closed before it was rendered. */
export function closed(headSha: string): CheckReport {
  return {
    name: checkName,
    headSha,
    status: "completed",
    conclusion: "neutral",
    title: "Not checked: the pull request was closed",
    summary: "The pull request was closed before it was checked.",
  };
}

/** A report of one heading and one text. */
export interface SimpleReport {
  readonly sign: string;
  readonly title: string;
  readonly text: string;
  readonly conclusion: NonNullable<CheckReport["conclusion"]>;
}

/** Makes comment and check of a report that has no diffs. */
export function simpleReport(headSha: string, { sign, title, text, conclusion }: SimpleReport): PreviewReport {
  const short = clip(title, 69);
  return {
    comment: `### ${sign === "" ? "" : `${sign} `}${inert(short)}\n\n${text}\n`,
    quiet: false,
    silent: false,
    check: () => ({ name: checkName, headSha, status: "completed", conclusion, title: short, summary: text }),
  };
}

/**
 * What a pull request from a fork gets: nothing is rendered, because its content is untrusted. `touched` are the
 * targets of the base branch whose files it changes.
 */
export function forkReport(headSha: string, touched: readonly Target[], docsUrl?: string): PreviewReport {
  const setting =
    docsUrl === undefined ? "set `PREVIEW_FORKS=true`" : `[allow forks](${docsUrl}/installation#3-settings)`;
  return simpleReport(headSha, {
    sign: "",
    title: "Not checked: pull request from a fork",
    text: `${touchedText(touched)}Sluice does not render files from forks here, because that would run their templates.\n\n**Next:** a maintainer reviews the files and pushes the branch to this repository; then Sluice checks it. Whoever runs Sluice can also ${setting}.`,
    conclusion: "neutral",
  });
}

/** What a pull request gets when its repository makes a preview impossible. */
export function refusedReport(headSha: string, error: UserError): PreviewReport {
  const fix = error.fix === undefined ? "" : `\n\n**Fix:** ${inert(error.fix)}`;
  return simpleReport(headSha, {
    sign: "❌",
    title: `Not checked: ${oneLine(error.message)}`,
    text: `${inert(error.message)}${fix}`,
    conclusion: "failure",
  });
}

/** What a pull request gets when Sluice itself failed and will not try again. */
export function faultReport(headSha: string, incident: string): PreviewReport {
  return simpleReport(headSha, {
    sign: "❌",
    title: "Not checked: an error in Sluice or in what it depends on",
    text: `The newest commit, \`${headSha.slice(0, 7)}\`, was not compared, so what it changes is unknown. The pull request is not the cause.\n\n**Next:** comment \`/diff\` to try again. Whoever runs Sluice finds the cause in its log under \`${incident}\`.`,
    conclusion: "failure",
  });
}
