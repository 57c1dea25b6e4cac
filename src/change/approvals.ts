import type { PullRequest } from "../model/github.ts";
import type { GitHubRepository } from "../model/github-repository.ts";

/** Dismisses every approval, with the reason; gives the logins of those whose approval fell. */
export async function dismissApprovals(
  github: Pick<GitHubRepository, "reviews" | "dismissReview">,
  { number }: Pick<PullRequest, "number">,
  why: string,
): Promise<readonly string[]> {
  const approvals = (await github.reviews(number)).filter(({ state }) => state === "approved");
  for (const { id } of approvals) await github.dismissReview(number, id, why);
  return [...new Set(approvals.map(({ user }) => user))];
}
