import type { GateName, GateState } from "../gates.ts";
import type { Actor, ChangedTarget, InRepository, OnPullRequest } from "./common.ts";

interface OfPromotion<Step extends string> extends OnPullRequest {
  /** A rollback is a promotion whose source is its own target at an older commit. */
  readonly kind: `promotion.${Step}` | `rollback.${Step}`;
  readonly environment: string;
  /** The environment that the versions come from; the same as `environment` for a rollback. */
  readonly from: string;
  readonly targets: readonly ChangedTarget[];
  /** Who asked last, or automation. */
  readonly actor: Actor;
}

/** Its pull request was opened. Announced again when a run before died while it asked reviewers. */
export interface PromotionOpened extends OfPromotion<"opened"> {}

/**
 * Its open pull request has a new head or another description with the same versions: the base moved, or somebody asked
 * again.
 */
export interface PromotionAdvanced extends OfPromotion<"advanced"> {
  readonly head: string;
}

/** Its open pull request carries other versions now, in place of those in `replaced`. */
export interface PromotionSuperseded extends OfPromotion<"superseded"> {
  readonly head: string;
  readonly replaced: readonly ChangedTarget[];
}

/**
 * Its pull request was merged and the merge is in the history. Announced once more by each later look at the closed
 * pull request.
 */
export interface PromotionMerged extends OfPromotion<"merged"> {
  readonly openedAt: number;
  readonly mergedAt: number;
  /** When the carried versions were merged in `from`, the last of them; `undefined` when the history does not know. */
  readonly sourceMergedAt: number | undefined;
}

/**
 * Its pull request was closed and not merged: by Sluice because nothing is left of it (`reason` says why), or by a
 * person.
 */
export interface PromotionClosed extends OfPromotion<"closed"> {
  readonly openedAt: number;
  /** Who closed it; `actor` is who asked for it. */
  readonly by: "sluice" | "person";
  readonly reason: string;
}

/**
 * `/promote` was recorded: right after its pull request was opened or brought up to date, or, `deferred`, to be opened
 * after merge and health.
 */
export interface PromotionRequested extends OnPullRequest {
  readonly kind: "promotion.requested";
  readonly environment: string;
  /** Empty: those that the pull request touches. */
  readonly apps: readonly string[];
  readonly deferred: boolean;
  readonly actor: Actor;
}

/**
 * A merged promotion was reverted on the base branch without Sluice, and is in the history as reverted:
 * automation is held there.
 */
export interface PromotionReverted extends InRepository {
  readonly kind: "promotion.reverted";
  readonly environment: string;
  readonly targets: readonly ChangedTarget[];
  /** The promotion's pull request, where it is known. */
  readonly pullRequest?: number;
  readonly commit: string;
  readonly actor: Actor;
  readonly reason: string;
}

/** One gate that is another state than the pull request's description showed before; `undefined`: it was not shown. */
export interface GateChange {
  readonly gate: GateName;
  readonly was: GateState | undefined;
  readonly now: GateState;
  readonly reason: string;
}

/**
 * The gates of a promotion came to another result than its description shows. Announced before check and description
 * say so, so that a run that dies in between is not silent.
 */
export interface GatesChanged extends OnPullRequest {
  readonly kind: "gates.changed";
  readonly environment: string;
  readonly head: string;
  readonly state: "passed" | "waiting" | "blocked";
  readonly changes: readonly GateChange[];
  readonly openedAt: number;
  /** When time alone changes the result. */
  readonly nextAt?: number;
}

/** `/override` was recorded: one gate counts as passed for this head. */
export interface GateOverridden extends OnPullRequest {
  readonly kind: "gate.overridden";
  readonly environment: string;
  readonly apps: readonly string[];
  readonly head: string;
  readonly gate: GateName;
  readonly actor: Actor;
  readonly reason: string;
}

/** `/ack` was recorded: the finding counts as acknowledged for this head. */
export interface FindingAcknowledged extends OnPullRequest {
  readonly kind: "finding.acknowledged";
  readonly environment: string;
  readonly apps: readonly string[];
  readonly head: string;
  readonly finding: string;
  readonly actor: Actor;
  readonly reason?: string;
}
