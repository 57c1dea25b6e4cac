import type { ObjectProblem } from "../../../model/deploy.ts";
import type { HealthJudge, HealthRule } from "../../../model/health.ts";
import type { Cluster } from "../../../model/kube.ts";
import type { HeldLease } from "../../../model/lease.ts";
import type { Clock } from "../../../model/observe.ts";
import type { ScopedObject } from "../../access/refusals.ts";
import type { InventoryStore } from "../../inventory/store.ts";
import type { PruneLimits } from "../../prune/guards.ts";

/** What the engine works with. */
export interface ApplyPorts {
  /** With the rights that the target's objects are written with. */
  readonly cluster: Cluster;
  /** Keeps the inventory of the target's objects, and beside it where its operation is. */
  readonly store: InventoryStore;
  /** Of the environment; whoever takes the engine's steps holds it. */
  readonly lease: Pick<HeldLease, "confirm">;
  readonly health: HealthJudge;
  readonly clock: Clock;
  /** A new id for an operation, each time another one. */
  readonly newId: () => string;
}

/** What the operator and the repository have set for a target. */
export interface ApplyRules {
  /** Objects that it may not have, each with the reason. */
  refusals(objects: readonly ScopedObject[]): readonly ObjectProblem[];
  /** GitHub's number of the repository, for the record. */
  readonly repository: string;
  /** The repository's own rules for health. */
  readonly health: readonly HealthRule[];
  /** Where objects go that name no namespace. */
  readonly namespace?: string | undefined;
  readonly limits: ApplyLimits;
  /** `off`: nothing is deleted. */
  readonly prune: PruneLimits | "off";
}

/** Times in milliseconds. */
export interface ApplyLimits {
  readonly operationMs: number;
  readonly waveMs: number;
  readonly definitionMs: number;
  /** Of a hook that has no deadline of its own. */
  readonly hookMs: number;
  /** How long everything must stay healthy, or failed, to count. */
  readonly stabilityMs: number;
  /** Between waves: controllers need a moment to see what was applied. */
  readonly waveDelayMs: number;
  /** When to look again. */
  readonly pollMs: number;
  /** How long what is live is looked at again. */
  readonly watchMs: number;
  /** Calls at once. */
  readonly concurrency: number;
}

/** What the reference has; each can be set. */
export const defaultApplyLimits: ApplyLimits = {
  operationMs: 60 * 60_000,
  waveMs: 10 * 60_000,
  definitionMs: 60_000,
  hookMs: 10 * 60_000,
  stabilityMs: 5_000,
  waveDelayMs: 2_000,
  pollMs: 2_000,
  watchMs: 0,
  concurrency: 16,
};

/** Who owns the fields that are applied. */
export const fieldManager = "sluice";
