import {
  type BeforeAndAfter,
  type ChangeProgress,
  computeChange,
  type Intent,
  type ProvenChange,
  renderTarget,
  sourceAt,
} from "../change/compute.ts";
import type { PromotionPlan } from "../model/promotion.ts";
import type { Renderer } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository } from "../model/tree.ts";
import type { PromotionPair } from "./resolve.ts";
import { strategyOf } from "./strategies/index.ts";

/** What is to be carried where. */
export interface PromotionInput {
  readonly repository: Repository;
  /** The commit whose files are edited. */
  readonly base: string;
  /** Where the versions are read. */
  readonly sourceCommit: string;
  readonly pairs: readonly PromotionPair[];
  readonly from: string;
  readonly to: string;
  /** Every target of the repository at the base: none of the others may change. */
  readonly allTargets: readonly Target[];
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ChangeProgress) => void;
}

/** A plan with everything that carries it out. */
export interface ComputedPromotion extends ProvenChange {
  readonly plan: PromotionPlan;
  /** By app; planned targets only. */
  readonly renders: ReadonlyMap<string, BeforeAndAfter>;
  /** Apps of planned targets whose render does not change at all. */
  readonly unchanged: readonly string[];
}

/**
 * Plans a promotion, proves it by rendering, and says what it does. A target that cannot be planned is refused with the
 * reason and leaves the others alone. Rejects with the ports' errors and when `signal` aborts. The same input gives the
 * same plan.
 */
export async function computePromotion(input: PromotionInput): Promise<ComputedPromotion> {
  const { repository, pairs, from, to, sourceCommit: commit } = input;
  const sourceFiles = await sourceAt(repository, commit);
  const intents = pairs.map((pair): Intent => {
    return {
      target: pair.target,
      plan: async (rendered, dependents) => {
        const [source, target] = await Promise.all([renderTarget(pair.source, sourceFiles, input), rendered]);
        return strategyOf(pair.settings.strategy)({ pair, source, target, dependents });
      },
    };
  });
  const { targets, changes, tree, renders: byId } = await computeChange({ ...input, intents });
  const renders = new Map(
    pairs.flatMap(({ app, target }) => {
      const render = byId.get(target.id);
      return render === undefined ? [] : [[app, render] as const];
    }),
  );
  const unchanged = [...renders].flatMap(([app, { before, after }]) => (before.digest === after.digest ? [app] : []));
  return { plan: { from, to, commit, targets }, changes, tree, renders, unchanged };
}
