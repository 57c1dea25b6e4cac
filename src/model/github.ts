import type { RepositoryName } from "./tree.ts";

/** A pull request as Sluice needs it. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly head: { readonly sha: string; readonly ref: string; readonly repository: RepositoryName | undefined };
  readonly base: { readonly sha: string; readonly ref: string };
  /** The branch that the repository's owners decide about; promotions live on it alone. */
  readonly defaultBranch: string;
  /** The head lives in another repository. */
  readonly fork: boolean;
  /** GitHub's GraphQL id. */
  readonly nodeId: string;
  readonly url: string;
  readonly body: string;
  /** The login of who opened it. */
  readonly author: string;
  /** This App opened it. */
  readonly byApp: boolean;
  /** GitHub's number of the repository that it is opened in; unlike a name it is never given to another one. */
  readonly repositoryId: number;
  readonly merged: boolean;
  /** What the merge made on the base branch; only when merged. */
  readonly mergeCommit: string | undefined;
  /** The login of who merged it, where GitHub says so: it does for a pull request that is read alone. */
  readonly mergedBy?: string;
  /** By GitHub's clock, in milliseconds since the epoch. */
  readonly openedAt: number;
  /** When it was merged or closed, by GitHub's clock; `undefined` while it is open. */
  readonly closedAt: number | undefined;
  readonly labels: readonly string[];
}

/** A remark at lines of a file, shown by GitHub in the diff view. Lines count from 1. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

/** What a check run says. `text` and `summary` are at most 65,535 characters each. */
export interface CheckReport {
  readonly name: string;
  readonly headSha: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion?: "success" | "failure" | "neutral" | "action_required";
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
  readonly detailsUrl?: string;
  /**
   * Tells runs of the same name on the same head apart, e.g. `pull-7`: two pull requests may have one head. A run that
   * was made without one is adopted.
   */
  readonly externalId?: string;
}

/** How a comment is written. */
export interface CommentOptions {
  /** Nobody wrote a comment with this marker before, so none is looked for. */
  readonly first?: boolean;
  /** Write only where a comment with this marker is there already; else there is no `url`. */
  readonly onlyUpdate?: boolean;
}

/** What a person may do in a repository, weakest first: none, read, triage, write, maintain, admin. */
export type Permission = "none" | "read" | "triage" | "write" | "maintain" | "admin";

/** Reactions that Sluice uses. */
export type Reaction = "eyes" | "rocket" | "-1" | "confused";

/**
 * GitHub as the rooms see it: one installation, one repository. Creations are upserts found by marker and app id, so
 * each call is idempotent. Errors: `throttled` (with the time to wait), `unavailable`, `timeout` Faults; `permission`
 * and `not-found` UserErrors.
 */
export interface GitHub {
  pullRequest(number: number): Promise<PullRequest>;
  /**
   * Makes the one comment of the App with this marker on the pull request, or on an issue of this number, read `body`
   * (at most 65,536 characters; the marker is added as a hidden first line). Writes nothing when it reads so already.
   * Surplus comments with the marker are deleted.
   */
  upsertComment(
    number: number,
    marker: string,
    body: string,
    options?: CommentOptions,
  ): Promise<{ readonly url: string | undefined }>;
  /** The paths of the files that a pull request changes, as GitHub lists them; the first 300. */
  changedFiles(number: number): Promise<readonly string[]>;
  /** What the App's comment with this marker says, without the marker; `undefined` where there is none. */
  ownComment(number: number, marker: string): Promise<string | undefined>;
  /**
   * Makes the App's check run of this name (and external id) on this head say this. Annotations beyond 50 go in further
   * requests.
   */
  upsertCheck(report: CheckReport): Promise<{ readonly url: string }>;
  react(commentId: number, reaction: Reaction): Promise<void>;
  permission(user: string): Promise<Permission>;
}

/** Gives the GitHub of one repository through its installation, with a token narrowed to the repository. */
export type GitHubFor<G extends GitHub = GitHub> = (installationId: number, repository: RepositoryName) => Promise<G>;

/** A webhook delivery of which no attempt succeeded. */
export interface MissedDelivery {
  /** Of the newest attempt. Text, because GitHub's ids are larger than what a JavaScript number holds exactly. */
  readonly id: string;
  /** The same for all attempts. */
  readonly guid: string;
  /** The event's name, e.g. `pull_request`. */
  readonly event: string;
}

/** GitHub's record of what it delivered to the App. Errors as those of `GitHub`; an abort is an `unavailable` Fault. */
export interface MissedDeliveries {
  /** What was attempted since that moment (milliseconds since the epoch) and never got through, oldest first. */
  failed(since: number, signal?: AbortSignal): Promise<readonly MissedDelivery[]>;
  /**
   * Has GitHub deliver it again, under the same GUID. Resolves when GitHub has taken the request, before it delivers.
   */
  redeliver(id: string, signal?: AbortSignal): Promise<void>;
}

/** Gives a token for git over HTTP, narrowed to the repository. Never logged, never in argv, never used to push. */
export type GitToken = (repository: RepositoryName) => Promise<string>;

/** One commit of a source repository. Its texts were written by whoever may push there: escape them. */
export interface SourceCommit {
  readonly sha: string;
  /** The first line of the message, at most 256 characters. */
  readonly title: string;
  /** The author's login, or the name in the commit where GitHub knows no account. */
  readonly author: string;
  readonly url: string;
}

/** What lies between two commits of a source repository. */
export interface SourceComparison {
  /** Those that `to` has and `from` has not, oldest first, at most 100. */
  readonly commits: readonly SourceCommit[];
  /** How many there are. */
  readonly total: number;
  /** What `to` is, seen from `from`. */
  readonly status: "ahead" | "behind" | "diverged" | "identical";
  /** How many commits `from` has that `to` has not. */
  readonly behind: number;
  /** GitHub's page of the comparison. */
  readonly compareUrl: string;
}

/**
 * Compares two commits, by full or abbreviated id, of another repository that the same installation covers, and of no
 * other: what is private to one account is never shown to another one's readers. `undefined` when it covers no such
 * repository, may not read it, or when there is no such commit or nothing common to both. Reads alone, with a token for
 * that alone; what was found is kept for minutes. Errors: `throttled`, `unavailable` and `timeout` Faults; the
 * comparison is optional: callers go on without it.
 */
export type SourceCommits = (
  installationId: number,
  source: RepositoryName,
  from: string,
  to: string,
) => Promise<SourceComparison | undefined>;

/** A repository that the App is installed on. */
export interface InstalledRepository {
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly defaultBranch: string;
}

/**
 * Lists every repository of every installation, page by page; suspended installations and archived repositories are
 * left out. What is removed meanwhile may be missing. Errors as those of `GitHub`; an abort is an `unavailable` Fault.
 */
export type InstalledRepositories = (signal: AbortSignal) => AsyncIterable<InstalledRepository>;

/**
 * The active rules of GitHub's rulesets that hold for a branch of this name, whether or not there is one, as GitHub
 * names their types (`update`, `creation`). `refused` is GitHub's text where it tells none: a plan without rulesets, or
 * a repository that is gone. Who may bypass them is not told. Errors as those of `GitHub`.
 */
export type BranchRules = (
  where: InstalledRepository,
  branch: string,
  signal: AbortSignal,
) => Promise<{ readonly rules: ReadonlySet<string> } | { readonly refused: string }>;

/**
 * The name that a repository has by now, given one that it had; `undefined` where the installation reaches it no
 * longer. Errors as those of `GitHub`.
 */
export type CurrentName = (installationId: number, repository: RepositoryName) => Promise<RepositoryName | undefined>;
