import { specText, type Target } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";

/** What differs between two plans of targets. */
export interface PlanComparison {
  /** Targets that only `head` has, in its order. */
  readonly added: readonly Target[];
  /** Targets that only `base` has, in its order. */
  readonly removed: readonly Target[];
  /** Targets with the same id, but another folder, renderer or other options. */
  readonly changed: readonly { readonly base: Target; readonly head: Target }[];
  readonly unchanged: number;
  /** Whether the environments or their order differ. */
  readonly environments: boolean;
}

/** Compares two plans by the ids of their targets, to show what an edit of the configuration changes. */
export function comparePlans(base: TargetPlan, head: TargetPlan): PlanComparison {
  const before = new Map(base.targets.map((target) => [target.id, target]));
  const after = new Set(head.targets.map((target) => target.id));
  const pairs = head.targets.flatMap((target) => {
    const old = before.get(target.id);
    return old === undefined ? [] : [{ base: old, head: target }];
  });
  const changed = pairs.filter((pair) => specText(pair.base.render) !== specText(pair.head.render));
  return {
    added: head.targets.filter((target) => !before.has(target.id)),
    removed: base.targets.filter((target) => !after.has(target.id)),
    changed,
    unchanged: pairs.length - changed.length,
    environments: base.environments.join("\n") !== head.environments.join("\n"),
  };
}
