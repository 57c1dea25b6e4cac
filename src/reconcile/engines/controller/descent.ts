import { UserError } from "../../../model/errors.ts";
import type { Repository } from "../../../model/tree.ts";

/**
 * How a revision that a controller names stands to the commit that is wanted. `ahead`: it has the commit and more;
 * `behind`: the commit has it and more; `apart`: neither; `unknown`: the repository does not have it.
 */
export type Descent = "same" | "ahead" | "behind" | "apart" | "unknown";

/** Whether a text is the full id of a commit. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Compares a revision with a commit; whatever is no full id of a commit is `unknown`. */
export async function descentOf(
  history: Pick<Repository, "isAncestor">,
  revision: string,
  commit: string,
): Promise<Descent> {
  if (!isCommit(revision)) return "unknown";
  if (revision === commit) return "same";
  try {
    if (await history.isAncestor(commit, revision)) return "ahead";
    return (await history.isAncestor(revision, commit)) ? "behind" : "apart";
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return "unknown";
    throw error;
  }
}
