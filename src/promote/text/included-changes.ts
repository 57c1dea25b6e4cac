import { code, inert } from "../../diff/index.ts";

/**
 * One change that a promotion includes: a commit on the base branch, with the pull request that brought it where its
 * message names one.
 */
export interface IncludedChange {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly pullRequest: number | undefined;
  /** The promotion by which it came to the source. */
  readonly via?: number;
}

/** What lies between the version that the target has and the one that it gets, newest first. */
export interface IncludedChanges {
  readonly changes: readonly IncludedChange[];
  /** There are more, older ones. */
  readonly truncated: boolean;
  /** GitHub's page that compares the two commits, where both are known. */
  readonly compareUrl: string | undefined;
}

/**
 * The included changes as a list, at most `max` of them. `guess` is said where nobody knows what the target has of
 * them. Subjects are other people's words: inert. A pull request's number is left live, so that GitHub links both ways.
 */
export function includedSection(
  included: IncludedChanges,
  repositoryUrl: string,
  max: number,
  heading = "What is new",
  guess = "",
): readonly string[] {
  const { changes, truncated, compareUrl } = included;
  if (changes.length === 0) return [];
  const shown = changes.slice(0, max);
  const rest = changes.length - shown.length;
  const more = rest > 0 || truncated ? [`- and ${rest > 0 ? `${rest} more` : "older ones"}`] : [];
  const compare =
    compareUrl === undefined || more.length === 0
      ? []
      : ["", `[All commits of this repository between the two](${compareUrl})`];
  const known = compareUrl !== undefined || guess === "" ? [] : [guess, ""];
  return [`### ${heading}`, "", ...known, ...shown.map((one) => changeLine(one, repositoryUrl)), ...more, ...compare];
}

function changeLine({ sha, subject, author, pullRequest, via }: IncludedChange, repositoryUrl: string): string {
  const commit = pullRequest === undefined ? `, [${code(sha.slice(0, 7))}](${repositoryUrl}/commit/${sha})` : "";
  const number = pullRequest === undefined ? "" : `#${pullRequest} `;
  return `- ${number}${inert(subject.slice(0, 200))} (${code(author.slice(0, 80))}${commit})${via === undefined ? "" : `, with #${via}`}`;
}
