import type { VersionChange } from "../promotion.ts";
import type { RepositoryName } from "../tree.ts";

/** Who is behind an event: an account on GitHub, Sluice by itself, or a name in a commit that nobody proved. */
export type Actor =
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "automation"; readonly login: "sluice" }
  | { readonly kind: "author"; readonly name: string };

/**
 * One target with what changes in it. `versions` is empty where nobody knows, e.g. after a person pushed to the branch.
 */
export interface ChangedTarget {
  readonly app: string;
  readonly environment: string;
  readonly versions: readonly VersionChange[];
}

/** What every event has. */
export interface Happened {
  /** The same in every run of the job that announces it, and of no other event. */
  readonly id: string;
  readonly at: number;
}

/** About one repository. */
export interface InRepository extends Happened {
  readonly installationId: number;
  readonly repository: RepositoryName;
}

/** About one pull request. */
export interface OnPullRequest extends InRepository {
  readonly pullRequest: number;
}
