import type { CheckRun, CommitStatus, Pull, Repository } from "./state.ts";
import type { Review } from "./state-parts.ts";

/** The newest check run of each App and name on a commit, oldest first. */
export function latestRuns(repository: Repository, sha: string): CheckRun[] {
  const runs = repository.checkRuns.filter((run) => run.headSha === sha).reverse();
  const same = (a: CheckRun, b: CheckRun): boolean => a.name === b.name && a.appId === b.appId;
  return runs.filter((run, at) => runs.findIndex((one) => same(one, run)) === at).reverse();
}

/** The newest status of each context on a commit, newest first. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const newestFirst = repository.statuses.filter((one) => one.sha === sha).reverse();
  return newestFirst.filter((one, at) => newestFirst.findIndex((other) => other.context === one.context) === at);
}

/** The verdicts that count: the newest of each person that is not a mere comment, dismissed ones left out. */
export function verdicts(repository: Repository, pull: Pull): Review[] {
  const given = repository.reviews.filter((one) => one.number === pull.number && one.state !== "COMMENTED").reverse();
  return given
    .filter((review, at) => given.findIndex((one) => one.author === review.author) === at)
    .filter((review) => review.state !== "DISMISSED");
}
