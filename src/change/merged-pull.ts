import { UserError } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { CommitFacts } from "../model/tree.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { changeOf } from "./text/change-of.ts";

/** The pull request that a commit on the base branch is the merge of. */
export async function pullOf(
  { github }: Pick<RepositoryContext, "github">,
  commit: CommitFacts,
): Promise<PullRequest | undefined> {
  const number = changeOf(commit.message).pullRequest;
  if (number === undefined) return undefined;
  const pull = await github.pullRequest(number).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "not-found") return undefined;
    throw error;
  });
  // Anybody can write a number into a message.
  return pull?.mergeCommit === commit.sha ? pull : undefined;
}

/**
 * Who brought a commit onto the base branch: the author of the pull request that it is the merge of, where there is
 * one.
 */
export async function authorOf(
  context: RepositoryContext,
  commit: CommitFacts,
): Promise<{ readonly by: string; readonly pullRequest?: number; readonly at: number }> {
  const at = Date.parse(commit.date);
  const pull = await pullOf(context, commit);
  return pull === undefined ? { by: commit.author.name, at } : { by: pull.author, pullRequest: pull.number, at };
}
