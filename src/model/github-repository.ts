import type { CheckReport, GitHub, PullRequest } from "./github.ts";
import type { Json, JsonObject } from "./json.ts";
import type { RepositoryName, TreeChange } from "./tree.ts";

/** A review of a pull request. Only the newest of each person that is not a mere comment counts. */
export interface Review {
  readonly id: number;
  readonly user: string;
  /** The reviewer is an App or a bot. */
  readonly bot: boolean;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed" | "pending";
  /** The head that was reviewed. */
  readonly commit: string | undefined;
  readonly at: string;
}

/** What another check run, or a commit status, says of a commit. Statuses: `failure` and `error` are `failed`. */
export interface CommitCheck {
  readonly name: string;
  readonly state: "pending" | "passed" | "failed";
  readonly url: string | undefined;
  /** When it passed or failed, ISO 8601. */
  readonly completedAt: string | undefined;
}

/** What a check run of the App says. */
export type OwnCheck = Pick<CheckReport, "title" | "summary">;

/** A GitHub Deployment with what is known of how it went, newest status last. */
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly url: string;
  /** What its maker put there: hostile unless `byApp`. */
  readonly payload: Json;
  /** This App made it. */
  readonly byApp: boolean;
}

/** What is to become a Deployment. Nothing is merged for it, and no check has to pass before. */
export interface DeploymentDraft {
  /** A commit that GitHub has. */
  readonly sha: string;
  readonly environment: string;
  /** At most 140 characters. */
  readonly description: string;
  /** Tells it apart from all others. */
  readonly payload: JsonObject;
  /** People use this environment. */
  readonly production: boolean;
}

/** What a status of a Deployment is to say. Those of other Deployments stay as they are. */
export interface DeploymentStatusDraft {
  readonly state: "queued" | "in_progress" | "success" | "failure" | "inactive";
  /** At most 140 characters. */
  readonly description: string;
  /** Where a person can see more. */
  readonly logUrl?: string | undefined;
  /** Where what was deployed can be used. */
  readonly environmentUrl?: string | undefined;
}

/** What the App says of a commit under a name of its own. */
export interface CommitStatus {
  readonly sha: string;
  /** Its name, such as `sluice/prod`. */
  readonly context: string;
  readonly state: "pending" | "success" | "failure" | "error";
  /** At most 140 characters. */
  readonly description: string;
  readonly url?: string | undefined;
}

/** What an issue of the App says. */
export interface IssueText {
  /** At most 256 characters. */
  readonly title: string;
  /** At most 65,536 characters with the marker. */
  readonly body: string;
}

/** An issue of the App, found by its marker. `body` is without the marker. */
export interface OwnIssue extends IssueText {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly url: string;
}

/** One status of a Deployment. */
export interface DeploymentStatus {
  readonly state: "queued" | "pending" | "in_progress" | "success" | "failure" | "error" | "inactive";
  readonly description: string;
  /** ISO 8601. */
  readonly at: string;
  /** Where a person can see more; empty when there is none. */
  readonly url: string;
  /** This App said it. */
  readonly byApp: boolean;
}

/** A branch was moved to a commit. */
export interface BranchMove {
  readonly to: string;
  /** By GitHub's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** A commit to be made through the Git Data API, without author and committer, so that GitHub signs it. */
export interface CommitRequest {
  readonly parents: readonly string[];
  /** The root tree that the changes are applied to. */
  readonly baseTree: string;
  readonly changes: readonly TreeChange[];
  readonly message: string;
  /** The root tree that must come out; another one is a `bug` Fault, before any commit is made. */
  readonly expectTree?: string;
}

/** What is to become a pull request within the repository. */
export interface PullRequestDraft {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/**
 * How a merge went. `retry`: GitHub asks to try again (the base moved meanwhile); `moved`: the head is another one;
 * `conflict`: it cannot be merged as it is; `queue`: the base takes merges through a merge queue only; `refused`: a
 * rule of the repository is not met (`reason` is GitHub's text).
 */
export type MergeResult =
  | { readonly kind: "merged"; readonly sha: string }
  | { readonly kind: "retry" | "moved" | "conflict" | "queue" | "refused"; readonly reason: string };

/** How a pull request is merged. */
export type MergeMethod = "merge" | "squash" | "rebase";

/** A repository as it is now. */
export interface RepositoryFacts {
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
  /** Nobody can write to it. */
  readonly archived: boolean;
}

/**
 * GitHub as the rooms see it that write to the repository: commits, branches and pull requests of Sluice's own, and
 * what gates ask for.
 */
export interface GitHubRepository extends GitHub {
  /**
   * What GitHub says of the repository now. `repository` is another one where it was renamed or moved: GitHub answers
   * under the old name too.
   */
  about(): Promise<RepositoryFacts>;
  /** GitHub's number of the repository: another one when it was deleted and made again. Costs no call of its own. */
  repositoryId(): Promise<number>;
  /**
   * Whether the person is an active member of the team (slug) of the repository's organization. A team that does not
   * exist has no members.
   */
  teamMember(team: string, user: string): Promise<boolean>;

  /** Makes a commit that no branch names yet. */
  commit(request: CommitRequest): Promise<{ readonly sha: string; readonly tree: string }>;
  /** `branch` is the name without `refs/heads/`. */
  createBranch(branch: string, sha: string): Promise<"created" | "exists">;
  /** Moves a branch to a descendant of where it is, never by force: `behind` when it is somewhere else by now. */
  advanceBranch(branch: string, sha: string): Promise<"moved" | "behind" | "missing">;
  /**
   * Deletes a branch that is at `expected` and leaves one that is elsewhere by now (`moved`): what people push is not
   * thrown away. Without `expected` it goes wherever it is. One that is gone already is fine. Costs one REST call, with
   * `expected` two.
   */
  deleteBranch(branch: string, expected?: string): Promise<"deleted" | "moved">;
  /**
   * The logins of who made the branch and moved it since, as GitHub knows them, whatever the commits say. More moves
   * than are read are a `limit` UserError.
   */
  pushers(branch: string): Promise<readonly string[]>;
  /** The latest moves of a branch, newest first, by GitHub's clock, whatever the commits say. */
  moves(branch: string): Promise<readonly BranchMove[]>;
  /**
   * Writes one file of a branch as a commit of its own, expecting the blob that is there now (`undefined`: no file).
   * `conflict` when the branch or the file is another one by now, `missing` when there is no such branch.
   */
  writeFile(
    branch: string,
    file: { readonly path: string; readonly bytes: Uint8Array; readonly expected: string | undefined },
    message: string,
  ): Promise<"written" | "conflict" | "missing">;

  /**
   * Opens the pull request, or gives the open one that has this head and base already (unchanged). `undefined` when
   * GitHub sees no commits between the two.
   */
  openPullRequest(
    draft: PullRequestDraft,
  ): Promise<{ readonly pull: PullRequest; readonly adopted: boolean } | undefined>;
  /**
   * The newest pull request whose head is this branch of the repository itself, open ones first; with `base`, of those
   * that go into that branch. Anybody may open another one of the same branch into another base.
   */
  pullRequestOf(branch: string, base?: string): Promise<PullRequest | undefined>;
  /** The numbers of the open pull requests into a branch. Costs one call for each hundred of them. */
  openPullRequests(base: string): Promise<ReadonlySet<number>>;
  updatePullRequest(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: "open" | "closed" },
  ): Promise<PullRequest>;
  /**
   * Replaces the labels and assignees; labels that do not exist are made. A person who cannot be assigned is left out
   * by GitHub.
   */
  setLabelsAndAssignees(number: number, labels: readonly string[], assignees: readonly string[]): Promise<void>;
  /**
   * Asks for reviews. Returns those that GitHub refused (no such person or team, the author), with GitHub's text,
   * instead of failing.
   */
  requestReviewers(
    number: number,
    who: { readonly users: readonly string[]; readonly teams: readonly string[] },
  ): Promise<{ readonly refused: string | undefined }>;
  /** Oldest first. */
  reviews(number: number): Promise<readonly Review[]>;
  dismissReview(number: number, review: number, message: string): Promise<void>;
  /** Merges if the head is still `head`. */
  merge(number: number, head: string, method: MergeMethod): Promise<MergeResult>;
  /** Puts the pull request into the base's merge queue if the head is still `head`. */
  enqueue(
    pull: Pick<PullRequest, "nodeId" | "number">,
    head: string,
  ): Promise<MergeResult | { readonly kind: "enqueued" }>;
  /** Takes the pull request out of the merge queue. One that is not in it, or is merged by now, is fine. */
  dequeue(pull: Pick<PullRequest, "nodeId" | "number">): Promise<void>;

  /** Check runs (the newest of each name) and statuses of a commit, by name; those of Sluice itself are left out. */
  checks(sha: string): Promise<readonly CommitCheck[]>;
  /** What the App's own newest run of a check says of a commit: nobody else can write that. */
  ownCheck(sha: string, name: string): Promise<OwnCheck | undefined>;
  /** The newest deployments to an environment (of this commit), newest first, at most `limit` (100). */
  deployments(environment: string, limit: number, sha?: string): Promise<readonly Deployment[]>;
  /** Oldest first. */
  deploymentStatuses(id: number): Promise<readonly DeploymentStatus[]>;
  /**
   * Makes a Deployment. After an answer that tells nothing it is looked for by its payload, not made again; whoever
   * calls again looks for it before.
   */
  createDeployment(draft: DeploymentDraft): Promise<Deployment>;
  /** Adds a status to a Deployment. After an answer that tells nothing it is looked for, not added again. */
  addDeploymentStatus(id: number, status: DeploymentStatusDraft): Promise<void>;
  /** Says something of a commit; what was said before under this name no longer counts. */
  setCommitStatus(status: CommitStatus): Promise<void>;

  /**
   * The App's issue with this marker: the open one, else the one that was changed last of the hundred of its issues and
   * pull requests that were closed last.
   */
  ownIssue(marker: string): Promise<OwnIssue | undefined>;
  /**
   * Opens an issue with this marker. After an answer that tells nothing it is looked for, not opened again; whoever
   * calls again looks for it before.
   */
  openIssue(marker: string, text: IssueText): Promise<OwnIssue>;
  /** Makes an issue of the App read so, opens it again or closes it as done. */
  updateIssue(
    number: number,
    marker: string,
    change: IssueText & { readonly state: OwnIssue["state"] },
  ): Promise<OwnIssue>;
}
