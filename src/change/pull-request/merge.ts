import { settingsFor } from "../../config/index.ts";
import { Fault } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Job } from "../../model/job-kinds.ts";
import type { ChangePorts } from "../ports.ts";
import type { RepositoryContext } from "../repository-context.ts";
import { mergedWithBase } from "./branch.ts";
import { changesOfMerge, publishedChanges, standingOf } from "./published.ts";

/** What is to be said of a merge; `undefined` when there is nothing to say. */
export type MergeRemark = string | undefined;

const notPublished =
  "Its head is not the one that Sluice published last for it, so Sluice does not merge it. `/retry` has it planned again.";

/** What is merged, and what follows where it cannot be. */
export interface MergeOrder {
  /** A target of the pull request: its settings have the method. */
  readonly target: { readonly app: string; readonly environment: string } | undefined;
  /** Plans it again when the base changed the same files. */
  readonly replan: Job;
  /** Evaluates it again when its head is another one by now. */
  readonly evaluate: Job;
}

/**
 * Merges the head that was evaluated, and no other: only one that Sluice published for this pull request, and only if
 * it brings to the base what was planned, byte for byte. What may succeed when it is tried again is a Fault, so that
 * the queue tries again; what GitHub refuses is said, and the next event tries again.
 */
export async function mergePullRequest(
  ports: Pick<ChangePorts, "queue" | "log">,
  context: RepositoryContext,
  pull: PullRequest,
  { target, replan, evaluate }: MergeOrder,
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
  const merged = await context.github.merge(pull.number, pull.head.sha, method);
  const result = merged.kind === "queue" ? await context.github.enqueue(pull, pull.head.sha) : merged;
  switch (result.kind) {
    case "merged":
      ports.log.info({ pullRequest: pull.number, sha: result.sha }, "merged");
      return undefined;
    case "enqueued":
      return "It is in the merge queue.";
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
