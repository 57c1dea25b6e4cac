import type { ConfigProblem } from "./problem.ts";
import type { Trace } from "./render.ts";
import type { MovingSource } from "./sources.ts";
import type { Target } from "./target.ts";

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
  /** What the renders looked up that it was made from, where it is of what controllers deploy. */
  readonly reads?: Trace;
  /** Sources of the targets that may be something else tomorrow, each once. */
  readonly moving?: readonly MovingSource[];
}
