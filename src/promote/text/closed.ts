import { code, inert } from "../../diff/index.ts";

/** Why Sluice closes a promotion. */
export interface ClosedReason {
  readonly why: string;
  /** The change that brought it about, where one is known. */
  readonly since?: { readonly by: string; readonly pullRequest: number | undefined } | undefined;
  /** What is left to do; Markdown. */
  readonly next?: string;
}

/** What is commented where Sluice closes a promotion: why, and what is left to do. */
export function closedText({ why, since, next = "Nothing is left to promote." }: ClosedReason): string {
  const who = since === undefined ? "" : sinceText(since);
  return who === "" ? `**Closed: ${inert(why)}.** ${next}` : `**Closed: ${inert(why)}**, ${who}. ${next}`;
}

function sinceText({ by, pullRequest }: NonNullable<ClosedReason["since"]>): string {
  return pullRequest === undefined ? `by ${code(by)}` : `since #${pullRequest} (${code(by)})`;
}
