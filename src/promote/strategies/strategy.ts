import type { VersionChange } from "../../model/promotion.ts";
import type { Render, RenderSource } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { TreeChange } from "../../model/tree.ts";
import type { Expectation } from "../proof.ts";
import type { PromotionPair } from "../resolve.ts";
import type { Readers } from "./readers.ts";

/** A target as it is at one commit. */
export interface Side {
  readonly target: Target;
  readonly at: RenderSource;
  readonly render: Extract<Render, { readonly ok: true }>;
}

/** What a strategy plans from. */
export interface StrategyInput {
  readonly pair: PromotionPair;
  readonly source: Side;
  readonly target: Side;
  /** Who reads which file at the base. */
  readonly readers: Readers;
}

/**
 * What a strategy wants to do to a target. No changes mean that everything is there already. What cannot be carried is a UserError: its message is the reason that people read.
 */
export interface StrategyPlan {
  readonly versions: readonly VersionChange[];
  readonly changes: readonly TreeChange[];
  /** Sentences for people. */
  readonly notes: readonly string[];
  /** What the render must be afterwards; `undefined` when it only has to render. */
  readonly expected: Expectation | undefined;
}

/** One way to carry a version. */
export type StrategyFunction = (input: StrategyInput) => Promise<StrategyPlan>;
