import type { MergeMethod, RepositoryRole } from "./types-common.ts";

/** A label of a repository. Names are compared without case. */
export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

/** A submitted review of a pull request, in the words of GitHub's API. */
export interface Review {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly body: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  /** The head that was reviewed. */
  readonly commitId: string;
  readonly submittedAt: string;
  /** Who dismissed it and why. */
  dismissal: { readonly by: string; readonly message: string } | null;
}

/** The states that a deployment status can have. */
export const DEPLOYMENT_STATES = [
  "error",
  "failure",
  "inactive",
  "in_progress",
  "queued",
  "pending",
  "success",
] as const;

/** One of them. */
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** One status of a deployment. */
export interface DeploymentStatus {
  readonly id: number;
  readonly state: DeploymentState;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly creator: string;
  readonly byApp: boolean;
  readonly createdAt: string;
}

/** A deployment with its statuses, oldest first. */
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: Readonly<Record<string, unknown>> | string;
  readonly transient: boolean;
  readonly production: boolean;
  readonly creator: string;
  readonly byApp: boolean;
  readonly createdAt: string;
  updatedAt: string;
  readonly statuses: DeploymentStatus[];
}

/** An issue that is no pull request. Both share the repository's numbers. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly byApp: boolean;
  title: string;
  body: string;
  state: "open" | "closed";
  stateReason: "completed" | "reopened" | "not_planned" | null;
  /** Names of the repository's labels. */
  labels: string[];
  assignees: string[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

/** A team of an organization. */
export interface Team {
  readonly id: number;
  readonly org: string;
  readonly slug: string;
  readonly name: string;
  readonly createdAt: string;
  members: readonly string[];
  /** Its role in every repository of the organization. */
  permission: RepositoryRole;
}

/** What merging into a branch asks for. */
export interface Protection {
  readonly branch: string;
  readonly requiredApprovals: number;
  readonly requiredChecks: readonly string[];
  readonly mergeQueue: boolean;
  /** Milliseconds after which the queue runs by itself; null waits for `runMergeQueue`. */
  readonly queueAfterMs: number | null;
}

/** A rule that keeps people away from branches, as GitHub names it. */
export type RestrictingRule = "creation" | "update" | "deletion" | "non_fast_forward";

/** An active ruleset of a repository. It is told, and not enforced: what people do here is a test's own doing. */
export interface Ruleset {
  readonly id: number;
  /** As in GitHub's settings, such as `release/**`. */
  readonly branches: readonly string[];
  readonly rules: readonly RestrictingRule[];
}

/** Who moved a branch or a tag, made it or deleted it. */
export interface Activity {
  readonly id: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: string;
  readonly actor: string;
  readonly type: "push" | "force_push" | "branch_creation" | "branch_deletion";
}

/** A pull request in the merge queue of its base. */
export interface QueueEntry {
  readonly id: number;
  readonly number: number;
  readonly enqueuedBy: string;
  readonly enqueuedAt: string;
  /** The group's branch, with `refs/heads/`, and what it points at. */
  readonly ref: string;
  readonly sha: string;
  readonly baseSha: string;
}

/** An App other than the one under test, such as a pipeline that reports checks. */
export interface ForeignApp {
  readonly id: number;
  readonly slug: string;
  readonly createdAt: string;
}

/** The ways in which a repository lets pull requests be merged, all of them at first. */
export const MERGE_METHODS: readonly MergeMethod[] = ["merge", "squash", "rebase"];

/** What git says about a pull request. */
export interface PullFacts {
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly commits: number;
  /** Null for a pull request that is not open. */
  readonly mergeable: boolean | null;
}
