import { pullOf } from "../../change/merged-pull.ts";
import { historyOf, type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { arrivalOf } from "../../change/versions.ts";
import type { Operation } from "../../model/deploy.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Renderer } from "../../model/render.ts";
import type { BroughtBy } from "../text/failed-comment.ts";

/** Finds the pull request that brought what a target has. */
export type FindPull = (operation: Operation) => Promise<PullRequest | undefined>;

/** Finds each once: apps of one change share the answers. */
export function findPulls({ renderer }: { readonly renderer: Renderer }, context: RepositoryContext): FindPull {
  const pulls = new Map<string, Promise<PullRequest | undefined>>();
  return async ({ app, environment, head }) => {
    const target = targetOf(context, app, environment);
    if (target === undefined) return undefined;
    const { repository, signal } = context;
    const commit = await arrivalOf({ repository, renderer, target, commit: head, signal });
    if (commit === undefined) return undefined;
    const pull = pulls.get(commit.sha) ?? pullOf(context, commit);
    pulls.set(commit.sha, pull);
    return pull;
  };
}

/** Who merged a pull request, and who asked Sluice for it. */
export async function broughtBy(
  context: RepositoryContext,
  { app, environment }: Operation,
  { number, byApp, mergedBy, author }: PullRequest,
): Promise<BroughtBy> {
  const decision = (await historyOf(context, environment, app)).findLast((entry) => entry.pullRequest === number);
  const asked = decision?.kind === "promoted" || decision?.kind === "rolled-back" ? decision.by : undefined;
  const merger = mergedBy ?? decision?.mergedBy;
  return {
    pullRequest: number,
    mergedBy: byApp && (merger === undefined || merger === author) ? undefined : (merger ?? author),
    askedBy: asked === "sluice" ? undefined : asked,
  };
}
