import type { RepositoryContext } from "../../change/repository-context.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { CommitFacts } from "../../model/tree.ts";

/**
 * Whether something was decided when the base branch had this commit already. The date of a commit is its author's to
 * write, and it may be pushed much later: it decides only for entries that do not say where the base was.
 */
export async function isDecidedAfter(
  { repository }: Pick<RepositoryContext, "repository">,
  { at, base }: Pick<HistoryEntry, "at" | "base">,
  { sha, date }: CommitFacts,
): Promise<boolean> {
  if (base === undefined || (await repository.objects.read(base))?.kind !== "commit")
    return Date.parse(at) >= Date.parse(date);
  return repository.isAncestor(sha, base);
}
