import { settingsFor } from "../../config/index.ts";
import { Fault } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { Job } from "../../model/job-kinds.ts";
import type { ChangePorts } from "../ports.ts";
import { type RepositoryContext, reopenContext } from "../repository-context.ts";
import { mergedWithBase } from "./branch.ts";
import { changesOfMerge, publishedChanges, standingOf } from "./published.ts";

/** What is to be said of a merge; `undefined` when there is nothing to say. */
export type MergeRemark = string | undefined;

const notPublished =
  "Its head is not the one that Sluice published last for it, so Sluice does not merge it. `/retry` has it planned again.";

/** What is said of what waits in the merge queue. */
export const queuedRemark = "It is in the merge queue.";

/** What is merged, and what follows where it cannot be. */
export interface MergeOrder {
  /** A target of the pull request: its settings have the method. */
  readonly target: { readonly app: string; readonly environment: string } | undefined;
  /** Plans it again when the base changed the same files. */
  readonly replan: Job;
  /** Evaluates it again when something is not as it was by now. */
  readonly evaluate: Job;
  /** The reviews that were evaluated. */
  readonly reviews: readonly Review[];
}

/**
 * Merges the head that was evaluated, and no other: only one that Sluice published for this pull request, only if it
 * brings to the base what was planned, byte for byte, and only if nothing was decided or changed since. What may
 * succeed when it is tried again is a Fault, so that the queue tries again; what GitHub refuses is said, and the next
 * event tries again.
 */
export async function mergePullRequest(
  ports: ChangePorts,
  context: RepositoryContext,
  pull: PullRequest,
  { target, replan, evaluate, reviews }: MergeOrder,
): Promise<MergeRemark> {
  if (!pull.byApp || (await standingOf(context, pull)) !== "current") return notPublished;
  const brings = await changesOfMerge(context.repository, context.head, pull.head.sha);
  if (brings !== (await publishedChanges(context, pull))) {
    await ports.queue.add(replan);
    return "It would bring something else than what was planned, so it is planned again before it is merged.";
  }
  if ((await mergedWithBase(context, pull.head.sha)) === undefined) {
    // What somebody changed on the base meanwhile was not in the plan that was proven.
    await ports.queue.add(replan);
    return "The base branch changed the same files, so it is planned again before it is merged.";
  }
  if (target === undefined) return "Its description names no app, so Sluice leaves it to people.";
  const { method } = settingsFor(context.config, target.app, target.environment).promote;
  if (!(await isAsEvaluated(ports, context, pull, reviews))) {
    await ports.queue.add(evaluate);
    return undefined;
  }
  const merged = await context.github.merge(pull.number, pull.head.sha, method);
  const result = merged.kind === "queue" ? await context.github.enqueue(pull, pull.head.sha) : merged;
  switch (result.kind) {
    case "merged":
      ports.log.info({ pullRequest: pull.number, sha: result.sha }, "merged");
      return undefined;
    case "enqueued":
      return queuedRemark;
    case "retry":
      throw new Fault("unavailable", `GitHub asks to merge again: ${result.reason}`);
    case "moved":
      await ports.queue.add(evaluate);
      return undefined;
    case "conflict":
      // By what the files say it does not: GitHub has not compared the newest heads yet.
      throw new Fault("unavailable", `GitHub cannot merge it yet: ${result.reason}`);
    case "queue":
    case "refused":
      return `GitHub does not merge it: ${result.reason}`;
    default:
      return result satisfies never;
  }
}

/**
 * Whether everything that was evaluated still is as it was: an evaluation takes seconds, in which a person may hold the
 * target, object, or push something.
 */
async function isAsEvaluated(
  ports: ChangePorts,
  context: RepositoryContext,
  pull: PullRequest,
  evaluated: readonly Review[],
): Promise<boolean> {
  const [now, pullNow, reviews] = await Promise.all([
    reopenContext(ports, context),
    context.github.pullRequest(pull.number),
    context.github.reviews(pull.number),
  ]);
  if (now.head !== context.head || now.state.commit !== context.state.commit) return false;
  return pullText(pullNow) === pullText(pull) && reviewsText(reviews) === reviewsText(evaluated);
}

function pullText({ state, draft, base, head, body }: PullRequest): string {
  return JSON.stringify([state, draft, base.ref, head.sha, body]);
}

function reviewsText(reviews: readonly Review[]): string {
  return JSON.stringify(reviews.map(({ id, user, state, commit }) => [id, user, state, commit]));
}
