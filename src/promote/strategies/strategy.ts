import type { Readers } from "../../change/dependents.ts";
import type { ChangePlan, Side } from "../../change/rendered-target.ts";
import type { PromotionPair } from "../resolve.ts";

/** What a strategy plans from. */
export interface StrategyInput {
  readonly pair: PromotionPair;
  readonly source: Side;
  readonly target: Side;
  /** Who reads which file at the base. */
  readonly readers: Readers;
}

/** One way to carry a version. */
export type StrategyFunction = (input: StrategyInput) => Promise<ChangePlan>;
