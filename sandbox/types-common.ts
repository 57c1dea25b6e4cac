/** The words that all parts of the local GitHub share. */

/** GitHub's permission levels of a person on a repository, strongest first. */
export type RepositoryRole = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** How a pull request is merged. */
export type MergeMethod = "merge" | "squash" | "rebase";

/** Access levels that an app's permission can have. */
export type AccessLevel = "read" | "write" | "admin";

/** Permission name, as in an app manifest (`contents`, `pull_requests`, …), to level. */
export type Permissions = Readonly<Record<string, AccessLevel>>;

/** Names a repository. */
export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
}

/** Names a pull request. */
export interface PullRef extends RepositoryRef {
  readonly number: number;
}

/** One annotation of a check run. */
interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
}

/** A check run as tests see it. */
export interface CheckRunSummary {
  readonly id: number;
  /** The slug of the App that made it. */
  readonly app: string;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
  readonly url: string;
}
