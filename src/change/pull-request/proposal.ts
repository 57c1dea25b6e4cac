import type { PullRequest } from "../../model/github.ts";
import type { ProvenChange } from "../compute.ts";
import type { MetadataFormat, PullRequestMetadata } from "./metadata.ts";

/** What all pull requests of one kind have in common. `M` is their metadata. */
export interface PullRequestKind<M extends PullRequestMetadata> {
  readonly format: MetadataFormat<M>;
  /** Whether a pull request that says `before` needs no update to say `now`; heads are compared elsewhere. */
  isSame(before: M, now: M): boolean;
  /** Whether an approval of `before` is one of `now`: what comes out is the same. */
  keepsApprovals(before: M, now: M): boolean;
  /** Why approvals are dismissed, for those who gave them. */
  readonly dismissal: string;
  /** What is commented when a pull request was updated in place; `undefined` when there is nothing to say. */
  updateComment(update: Update<M>): { readonly marker: string; readonly text: string } | undefined;
}

/** How a pull request was updated. `before` is `undefined` where its body did not say. */
export interface Update<M> {
  readonly before: M | undefined;
  readonly now: M;
  /** The logins of those whose approval was dismissed. */
  readonly dismissed: readonly string[];
}

/**
 * A planned and proven change with the pull request that is to carry it. `D` is what becomes of one that a person
 * declined; `never` where closing a pull request declines nothing.
 */
export interface Proposal<M extends PullRequestMetadata, D = never> {
  readonly kind: PullRequestKind<M>;
  /** The one branch of this pull request and of those that follow it. */
  readonly branch: string;
  /** The title, and the subject of the commit. */
  readonly title: string;
  readonly change: ProvenChange;
  /**
   * Whether what it is planned on was the same at this commit, at which the branch left the base. Where it was not, the
   * branch takes in the base even if that changes none of its files: reviewers see, and approve, what is there now.
   */
  standsOn?(fork: string): Promise<boolean>;
  /** The metadata for a head. `before` is that of the pull request that is updated. */
  metadata(head: string, before: M | undefined): Promise<M> | M;
  /** The body, with the metadata printed in it. */
  body(metadata: M): Promise<string>;
  /**
   * Writes down how the pull request before this one ended, of which no event came: before its record is given to
   * this one.
   */
  settle(ended: PullRequest): Promise<void>;
  /** What a new pull request gets. */
  introduction(metadata: M): Introduction;
  /**
   * Asked of the newest pull request of the branch when a person closed it: what it means for this one, `undefined`
   * when it is opened all the same. Costs one REST call where there is no branch.
   */
  declined?(closed: M, pull: PullRequest): D | undefined;
}

/** Whom a new pull request is shown to. */
export interface Introduction {
  readonly labels: readonly string[];
  /** Logins. */
  readonly assignees: readonly string[];
  /** Logins, and slugs of teams. */
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] };
}

/** A pull request that carries what was proposed. */
export interface Published<M> extends Update<M> {
  readonly how: "opened" | "updated" | "same";
  readonly pull: PullRequest;
  /** The head that carries it: what GitHub says of the pull request may be a moment old. */
  readonly head: string;
}
