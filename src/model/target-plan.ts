import type { ConfigProblem } from "./problem.ts";
import type { Trace } from "./render.ts";
import type { MovingSource } from "./sources.ts";
import type { RenderSpec, Target } from "./target.ts";

/** A render that a plan looked into for objects of controllers. */
export interface PlanRender {
  readonly spec: RenderSpec;
  readonly trace: Trace;
  /** Equal exactly where a plan takes the same from two renders of the spec. */
  readonly taken: string;
  /** Whether it gives the same wherever its trace holds: it did not stop early, and nothing that moves is in it. */
  readonly isFinal: boolean;
}

/** What a plan was made from, where it is of what controllers deploy. */
export interface PlanInputs {
  readonly renders: readonly PlanRender[];
  /** Whether all that was fetched is there and stays the same tomorrow. */
  readonly isSteady: boolean;
}

/** The targets of a repository at one commit. */
export interface TargetPlan {
  /** In the order of the environments, then by app. Ids are unique. */
  readonly targets: readonly Target[];
  /** Names of the environments in promotion order, those without targets included. */
  readonly environments: readonly string[];
  readonly source: "file" | "discovered";
  /** Errors leave targets out; warnings do not. */
  readonly problems: readonly ConfigProblem[];
  /** Sentences for people about what was left out and why. */
  readonly notes: readonly string[];
  readonly madeFrom?: PlanInputs;
  /** Sources of the targets that may be something else tomorrow, each once. */
  readonly moving?: readonly MovingSource[];
}
