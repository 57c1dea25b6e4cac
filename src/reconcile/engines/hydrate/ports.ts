import type { GitHubRepository } from "../../../model/github-repository.ts";
import type { Clock } from "../../../model/observe.ts";
import type { Repository } from "../../../model/tree.ts";
import type { DesiredEnvironment } from "../environment.ts";

/** What hydrating acts through. */
export interface HydratePorts {
  readonly github: Pick<
    GitHubRepository,
    | "commit"
    | "createBranch"
    | "advanceBranch"
    | "deleteBranch"
    | "openPullRequest"
    | "pullRequestOf"
    | "updatePullRequest"
    | "upsertComment"
  >;
  /** The repository with these branches as they are now, as far as they are there. */
  open(branches: readonly string[], signal: AbortSignal): Promise<Repository>;
  readonly clock: Clock;
  /** Of the repository on the web. */
  readonly repositoryUrl: string;
}

/** One try to bring a branch to what Git wants. */
export interface HydrateRound {
  readonly ports: HydratePorts;
  readonly branch: string;
  /** The folder of a target; may hold placeholders. */
  readonly path: string;
  readonly desired: DesiredEnvironment;
  readonly signal: AbortSignal;
}
