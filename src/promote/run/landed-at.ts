import type { RepositoryContext } from "../../change/repository-context.ts";
import type { CommitFacts } from "../../model/tree.ts";

/**
 * When a commit came onto the base branch, by GitHub's clock: the commit's own date is its author's to write.
 * `undefined` where the list of moves does not go back to before it.
 */
export async function landedAt(
  { github, repository, base }: Pick<RepositoryContext, "github" | "repository" | "base">,
  commit: CommitFacts | undefined,
): Promise<number | undefined> {
  if (commit === undefined) return undefined;
  let landed: number | undefined;
  for (const { to, at } of await github.moves(base)) {
    const known = (await repository.objects.read(to))?.kind === "commit";
    if (known && (await repository.isAncestor(commit.sha, to))) landed = at;
    // What was pushed after the mirror was fetched is not known there.
    else if (landed !== undefined) return landed;
  }
  return undefined;
}
