import type { Dependents } from "../../change/dependents.ts";
import type { ChangePlan, RenderedTarget } from "../../change/rendered-target.ts";
import type { PromotionPair } from "../resolve.ts";

/** What a strategy plans from. */
export interface StrategyInput {
  readonly pair: PromotionPair;
  readonly source: RenderedTarget;
  readonly target: RenderedTarget;
  /** Who reads which file at the base. */
  readonly dependents: Dependents;
}

/** One way to carry a version. */
export type StrategyFunction = (input: StrategyInput) => Promise<ChangePlan>;
