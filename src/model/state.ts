import type { GateName, Hold } from "./gates.ts";
import type { VersionChange } from "./promotion.ts";
import type { Repository, RepositoryName } from "./tree.ts";

interface Common {
  /** Known once: a decision whose id is in the history already is not written again. E.g. `comment-1234-1`. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** The login of a person, or `sluice`. */
  readonly by: string;
  readonly environment: string;
  /** Empty: the whole environment. */
  readonly apps: readonly string[];
  readonly reason?: string;
}

/** What a person decided by a command. */
interface Said {
  /**
   * The head of the base branch that was there: what came to it later was not meant. The dates of commits are their
   * authors' to write.
   */
  readonly base?: string;
}

/**
 * Something that was decided: one commit on the state branch. `versions` are by app. A `promoted` decision lifts the
 * hold of its targets that a rollback or a revert put there when it came from a person; `rolled-back` and `reverted`
 * put one. `bumped` is an image pull request that was merged: its `commit` is the head that was. `waiting` and
 * `done-waiting` (stored names) are a deferred request and its end.
 */
export type Decision =
  | (Common & Said & { readonly kind: "requested"; readonly pullRequest: number; readonly commit: string })
  | (Common & {
      readonly kind: "promoted" | "rolled-back" | "reverted" | "bumped";
      /** The promotion or rollback pull request, where there was one. */
      readonly pullRequest?: number;
      /** Where the version was read: the carried commit. */
      readonly commit: string;
      /** The commit that brought it onto the branch. */
      readonly mergeCommit?: string;
      readonly versions: Readonly<Record<string, readonly VersionChange[]>>;
      /**
       * The login of who merged it, and the gates that had not passed then, as the App's check said them to people.
       * `unseen`: there was no such check of what was merged.
       */
      readonly mergedBy?: string;
      readonly unmet?: readonly string[];
      readonly unseen?: true;
    })
  | (Common & {
      /**
       * In the source: its version at `commit` was live and healthy from `since` to `until`, for as long as was asked.
       */
      readonly kind: "verified";
      readonly commit: string;
      readonly since: string;
      readonly until: string;
    })
  | (Common & {
      /**
       * After a deploy that failed, Sluice opened the rollback pull request, which nobody asked for: automation is on
       * hold until that is merged, or ends without a merge.
       */
      readonly kind: "rollback-proposed";
      readonly pullRequest: number;
      /** Where the version to go back to was read. */
      readonly commit: string;
    })
  | (Common & {
      /** A person closed that pull request, or Sluice did because a later deploy went well: its hold ends. */
      readonly kind: "rollback-declined" | "rollback-dropped";
      readonly pullRequest: number;
    })
  | (Common & Said & { readonly kind: "held"; readonly until?: string })
  | (Common & Said & { readonly kind: "released" })
  | (Common & {
      readonly kind: "overridden";
      readonly pullRequest: number;
      readonly head: string;
      readonly gate: GateName;
    })
  | (Common & {
      readonly kind: "acknowledged";
      readonly pullRequest: number;
      readonly head: string;
      /** What the head was compared with. */
      readonly commit?: string;
      /** The finding's key, or its first part. */
      readonly finding: string;
    })
  | (Common &
      Said & {
        readonly kind: "waiting" | "done-waiting";
        readonly pullRequest: number;
        /** Whose request is done; everybody's where nobody is named. */
        readonly asker?: string;
      });

/**
 * A promotion that somebody asked for before it was possible: on an open pull request, or before the source was
 * healthy.
 */
export interface DeferredRequest {
  readonly pullRequest: number;
  readonly environment: string;
  readonly apps: readonly string[];
  readonly by: string;
  readonly at: string;
  /** The head of the base branch that was there. */
  readonly base?: string;
}

/**
 * One entry of the history of a target, oldest first: a decision without what its file says already. `versions` are of
 * this app alone.
 */
export type HistoryEntry = Omit<Decision, "versions" | "environment" | "apps"> & {
  readonly versions?: readonly VersionChange[];
  readonly commit?: string;
  readonly mergeCommit?: string;
  readonly base?: string;
  readonly pullRequest?: number;
  readonly head?: string;
  readonly gate?: GateName;
  readonly finding?: string;
  readonly mergedBy?: string;
  readonly unmet?: readonly string[];
  readonly unseen?: true;
  readonly since?: string;
  readonly until?: string;
};

/**
 * The head that Sluice published last on a branch of its own, and the pull request that carries it. `signature` is the
 * App's over all the rest: people may write to the state branch too.
 */
export interface PublishedHead {
  readonly branch: string;
  readonly pullRequest: number;
  readonly head: string;
  /** Identifies what the head changes since it left the base. */
  readonly changes: string;
  /** The pull request was closed or merged, and what that means was done: its head counts no more. */
  readonly settled: boolean;
  readonly signature: string;
}

/** What was decided in one repository, as of one commit of the state branch. */
export interface RepositoryState {
  /** `undefined` while nothing was ever decided. */
  readonly commit: string | undefined;
  /**
   * The holds on the target, its own and its environment's, the one that stops most first. One that ended by `now`
   * (milliseconds) is none. Without an app: the environment's.
   */
  holds(environment: string, app: string | undefined, now: number): Promise<readonly Hold[]>;
  /** The first of `holds`. */
  hold(environment: string, app: string | undefined, now: number): Promise<Hold | undefined>;
  /** The newest entries of a target, oldest first; entries about the whole environment are among them. At most 200. */
  history(environment: string, app: string): Promise<readonly HistoryEntry[]>;
  deferredRequests(): Promise<readonly DeferredRequest[]>;
  /** What was written down last about a branch of Sluice; `undefined` as well where it cannot be read. */
  published(branch: string): Promise<PublishedHead | undefined>;
  /** All of these that can be read, and that are not settled. Whose signature they carry is for the caller to check. */
  unsettled(): Promise<readonly PublishedHead[]>;
}

/** Where holds and history are kept: the branch `sluice-state` of the config repository. */
export interface StateStore {
  /** The branch, as a full ref name. */
  readonly ref: string;
  /**
   * As of now. Costs a fetch, no REST call; none either when `fetched` is a mirror that was just brought up to date
   * with `ref` (it may be missing there).
   */
  read(where: StateAddress, signal: AbortSignal, fetched?: Repository): Promise<RepositoryState>;
  /**
   * Writes one decision as one commit whose message names actor and reason; expects the head that it was computed from
   * and begins again when somebody was faster. Resolves to false when the decision was in the history already. A
   * decision about one target costs one REST call (the first ever: more).
   */
  record(where: StateAddress, decision: Decision, signal: AbortSignal): Promise<boolean>;
  /**
   * Writes down what a branch of Sluice carries from now on, as one commit. Resolves to false when that is what stands
   * there already. Costs as much as a decision about one target.
   */
  publish(where: StateAddress, published: PublishedHead, signal: AbortSignal): Promise<boolean>;
}

/** Names a config repository. */
export interface StateAddress {
  readonly installationId: number;
  readonly repository: RepositoryName;
}
