import type { CheckRunSummary, CommentSummary, LocalGitHub, PullSummary } from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { until } from "../wait.ts";

/** How long the demo waits for Sluice before it fails. */
const PATIENCE = 90_000;

/** What Sluice said on a pull request. */
export interface Said {
  readonly comment: CommentSummary;
  readonly check: CheckRunSummary;
}

/**
 * Waits until the App's comment and a completed check of the pull request's head are there. Rejects after 90 seconds
 * with what is missing.
 */
export function previewOf(github: LocalGitHub, pull: PullSummary, signal: AbortSignal): Promise<Said> {
  const found = (): Partial<Said> => {
    const comment = github.comments(pull).find((one) => one.byApp && one.body.startsWith("<!-- sluice:preview -->"));
    const check = checksOf(github, pull, "Sluice preview").find((one) => one.status === "completed");
    return { ...(comment ? { comment } : {}), ...(check ? { check } : {}) };
  };
  const ask = () => {
    const { comment, check } = found();
    return comment && check ? { comment, check } : undefined;
  };
  const late = () => {
    const { comment, check } = found();
    const missing = [comment ? [] : ["comment"], check ? [] : ["completed check"]].flat().join(" and no ");
    return new Fault("timeout", `there is no ${missing} on pull request ${pull.number} after ${PATIENCE / 1_000} s`);
  };
  return until(ask, { ms: PATIENCE, signal, late });
}

/** The checks of this name on the pull request's head, as it is now. */
export function checksOf(github: LocalGitHub, pull: PullSummary, name: string): readonly CheckRunSummary[] {
  const { headSha } = github.pull(pull);
  return github.checkRuns({ ...pull, sha: headSha }).filter((one) => one.name === name);
}

/** Waits until `ask` gives something; rejects after 90 seconds with what did not happen. */
export function happens<T>(what: string, ask: () => T | undefined, signal: AbortSignal): Promise<T> {
  const late = () => new Fault("timeout", `it did not happen within ${PATIENCE / 1_000} s: ${what}`);
  return until(ask, { ms: PATIENCE, signal, late });
}

/** Waits for the App's reply to a comment: the one with its marker, once the App has reacted with 🚀 or 👎. */
export function replyTo(
  github: LocalGitHub,
  pull: PullSummary,
  command: CommentSummary,
  signal: AbortSignal,
): Promise<CommentSummary> {
  const ask = () => {
    const comments = github.comments(pull);
    const reactions = comments.find((one) => one.id === command.id)?.reactions ?? [];
    const handled = reactions.some(({ content }) => content === "rocket" || content === "-1");
    return handled ? comments.find((one) => one.body.startsWith(`<!-- sluice:reply-${command.id} -->`)) : undefined;
  };
  const late = () => new Fault("timeout", `"${command.body}" got no reply within ${PATIENCE / 1_000} s`);
  return until(ask, { ms: PATIENCE, signal, late });
}

/** How often the App wrote to a check run so far. */
export function checkWrites(github: LocalGitHub): number {
  const writes = ({ method, template }: (typeof github.requests)[number]) =>
    method !== "GET" && template?.startsWith("/repos/{owner}/{repo}/check-runs") === true;
  return github.requests.filter(writes).length;
}

/** Waits until the App has written to its check again, after there were `before` writes, and completed it. */
export function previewAgain(
  github: LocalGitHub,
  pull: PullSummary,
  before: number,
  signal: AbortSignal,
): Promise<Said> {
  const late = () =>
    new Fault("timeout", `the check of pull request ${pull.number} was not updated within ${PATIENCE / 1_000} s`);
  const updated = () => (checkWrites(github) > before ? true : undefined);
  return until(updated, { ms: PATIENCE, signal, late }).then(() => previewOf(github, pull, signal));
}
