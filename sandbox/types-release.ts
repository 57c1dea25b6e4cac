/** What tests and the demo can do about releases: reviews, deployments, statuses, teams, protected branches. */
import type { DeploymentState, RestrictingRule } from "./state-parts.ts";
import type {
  CheckRunSummary,
  MergeMethod,
  Permissions,
  PullRef,
  RepositoryRef,
  RepositoryRole,
} from "./types-common.ts";

/** A person's verdict, as GitHub's API names it. */
export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";

/** A review to submit. A body is needed unless it approves. */
interface ReviewInput extends PullRef {
  readonly by: string;
  readonly event: ReviewEvent;
  readonly body?: string;
}

/** A review as tests see it. */
export interface ReviewSummary {
  readonly id: number;
  readonly author: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  readonly body: string;
  readonly commitId: string;
  readonly submittedAt: string;
  /** Why it was dismissed. */
  readonly dismissedFor: string | null;
}

/** A pipeline's word about an environment. */
interface DeployInput extends RepositoryRef {
  readonly environment: string;
  /** Default: the head of the default branch. */
  readonly sha?: string;
  readonly state: DeploymentState;
  readonly description?: string;
  /** Where a person can see more; becomes the status's `log_url`. */
  readonly url?: string;
  readonly by?: string;
}

/** A deployment as tests see it, its statuses oldest first. */
export interface DeploymentSummary {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly payload: Readonly<Record<string, unknown>> | string;
  readonly creator: string;
  readonly createdAt: string;
  readonly statuses: readonly {
    readonly state: DeploymentState;
    readonly description: string;
    readonly url: string;
    readonly creator: string;
    readonly createdAt: string;
  }[];
}

/** A check run of an App other than the one under test. */
interface ReportCheckInput extends RepositoryRef {
  readonly sha: string;
  /** The check's name. */
  readonly check: string;
  /** Absent: the check is under way. */
  readonly conclusion?: "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | "action_required";
  /** Slug of the App; made on first use. Default `ci`. */
  readonly app?: string;
  readonly title?: string;
  readonly summary?: string;
}

/** A commit status. */
interface StatusInput extends RepositoryRef {
  readonly sha: string;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description?: string;
  readonly url?: string;
  readonly by?: string;
}

/** A team. Named again it is replaced. */
interface TeamInput {
  readonly org: string;
  readonly slug: string;
  readonly members: readonly string[];
  /** Its role in every repository of the organization; default `read`. */
  readonly permission?: RepositoryRole;
}

/** Rules of a branch. Named again they are replaced; what is absent is not asked for. */
interface ProtectInput extends RepositoryRef {
  /** Default: the default branch. */
  readonly branch?: string;
  readonly requiredApprovals?: number;
  /** Names of check runs or contexts of statuses. */
  readonly requiredChecks?: readonly string[];
  /** `by-hand` waits for `runMergeQueue`; `by-itself` runs a moment after a pull request entered. */
  readonly mergeQueue?: "by-hand" | "by-itself";
  /** Of the repository; absent leaves them as they are. */
  readonly methods?: readonly MergeMethod[];
}

/** An active ruleset. */
interface RulesetInput extends RepositoryRef {
  /** As in GitHub's settings, such as `release/**`. */
  readonly branches: readonly string[];
  /** Default: nobody creates, moves or deletes the branches. */
  readonly rules?: readonly RestrictingRule[];
}

/** The part of `LocalGitHub` that is about releases. */
export interface ReleaseControls {
  /** Submits a review as a person. Rejects where GitHub would: one's own pull request, no text where one is needed. */
  review(input: ReviewInput): Promise<ReviewSummary>;
  /** Oldest first. */
  reviews(ref: PullRef): readonly ReviewSummary[];
  dismissReview(ref: PullRef & { readonly id: number; readonly message: string; readonly by?: string }): Promise<void>;
  /** Adds a status to the newest deployment of this commit to this environment, which is made when there is none. */
  deploy(input: DeployInput): Promise<DeploymentSummary>;
  /** Newest first. */
  deployments(ref: RepositoryRef & { readonly environment?: string }): readonly DeploymentSummary[];
  /** Makes or updates the check run of this name of another App; the app under test gets `check_run` events. */
  reportCheck(input: ReportCheckInput): Promise<CheckRunSummary>;
  status(input: StatusInput): Promise<void>;
  team(input: TeamInput): void;
  protect(input: ProtectInput): void;
  /** Adds a ruleset, which GitHub's API tells. */
  addRuleset(input: RulesetInput): void;
  /** Merges what waits in the merge queue; resolves with the numbers of what was merged, in order. */
  runMergeQueue(ref: RepositoryRef): Promise<readonly number[]>;
  /** What the account grants the app from now on; tokens that exist keep what they have. Default: the first owner. */
  grant(permissions: Permissions, owner?: string): void;
}
