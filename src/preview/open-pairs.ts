import type { Move } from "../model/preview.ts";
import { specText } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { type ComparedTarget, type ComparedTrees, untouched } from "./affected.ts";
import { withoutPhantoms } from "./discovered.ts";
import type { Prepared } from "./inputs/kept-repository.ts";
import { movesOf } from "./moves.ts";
import { pairTargets, type TargetPair } from "./plan.ts";

/** A pair that must be looked at, and which of all it is. */
export interface OpenPair {
  readonly pair: TargetPair;
  readonly index: number;
  /** What of its place is another one. */
  readonly moves?: readonly Move[] | undefined;
}

/** All targets of a comparison. Each counts as unaffected until an open pair is looked at and takes its place. */
export interface OpenPairs {
  readonly compared: ComparedTarget[];
  readonly open: readonly OpenPair[];
}

/** Joins the targets of the two sides and sorts out those that the change cannot have touched. */
export async function openPairs(prepared: Prepared, trees: ComparedTrees): Promise<OpenPairs> {
  const { before, after, inputs } = prepared;
  if (before === after) return openInPlan(after.plan, inputs.touched);
  const all = pairTargets(before.plan.targets, after.plan.targets);
  const pairs = after.plan.source === "discovered" ? await withoutPhantoms(all, trees) : all;
  const moved = movesOf(all);
  const compared = pairs.map((pair): ComparedTarget => {
    const moves = moved.get(pair);
    const from = moves === undefined || pair.base === undefined ? {} : { before: pair.base, moves };
    return { target: pair.head ?? pair.shown ?? pair.base, affected: false, ...from };
  });
  const open = pairs.flatMap((pair, index) =>
    untouched(pair, inputs) ? [] : [{ pair, index, moves: moved.get(pair) }],
  );
  return { compared, open };
}

interface PlanIndex {
  readonly compared: readonly ComparedTarget[];
  readonly bySpec: ReadonlyMap<string, readonly number[]>;
}

const indexes = new WeakMap<TargetPlan, PlanIndex>();

/** Of a plan that both sides have: without a look at what is not touched. */
function openInPlan(plan: TargetPlan, touched: ReadonlySet<string>): OpenPairs {
  const { compared, bySpec } = indexes.get(plan) ?? indexOf(plan);
  const numbers = [...touched].flatMap((spec) => bySpec.get(spec) ?? []).sort((a, b) => a - b);
  const open = numbers.flatMap((index) => {
    const target = plan.targets[index];
    return target === undefined ? [] : [{ pair: { id: target.id, base: target, head: target }, index }];
  });
  return { compared: [...compared], open };
}

function indexOf(plan: TargetPlan): PlanIndex {
  const bySpec = new Map<string, number[]>();
  for (const [number, { render }] of plan.targets.entries()) {
    const numbers = bySpec.get(specText(render));
    if (numbers === undefined) bySpec.set(specText(render), [number]);
    else numbers.push(number);
  }
  const index = { compared: plan.targets.map((target): ComparedTarget => ({ target, affected: false })), bySpec };
  indexes.set(plan, index);
  return index;
}
