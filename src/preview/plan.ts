import { type Finding, SEVERITIES, type TargetPreview } from "../model/preview.ts";
import { type Target, targetId } from "../model/target.ts";

/** One target at the base and at the head; one of them is absent where the target does not exist there. */
export type TargetPair =
  | { readonly id: string; readonly base: Target; readonly head: Target }
  | { readonly id: string; readonly base: Target; readonly head: undefined }
  | { readonly id: string; readonly base: undefined; readonly head: Target };

/** Joins the targets of two plans by id: those of the head in their order, then those that only the base has. */
export function pairTargets(base: readonly Target[], head: readonly Target[]): readonly TargetPair[] {
  const before = new Map(base.map((target) => [target.id, target]));
  const pairs: TargetPair[] = head.map((target) => ({ id: target.id, base: before.get(target.id), head: target }));
  const after = new Set(head.map((target) => target.id));
  for (const target of base) {
    if (!after.has(target.id)) pairs.push({ id: target.id, base: target, head: undefined });
  }
  return pairs;
}

const statusOrder: Readonly<Record<TargetPreview["status"], number>> = {
  failed: 0,
  removed: 1,
  changed: 2,
  added: 3,
  unchanged: 4,
};

/**
 * Failed targets first, then those with the gravest finding, then removed, changed, added, and those that render the
 * same; stable within each.
 */
export function byUrgency(targets: readonly TargetPreview[], findings: readonly Finding[]): readonly TargetPreview[] {
  const gravest = new Map<string, number>();
  for (const { app, environment, severity } of findings) {
    const id = targetId(app, environment);
    gravest.set(id, Math.min(SEVERITIES.indexOf(severity), gravest.get(id) ?? SEVERITIES.length));
  }
  const rank = ({ app, environment, status }: TargetPreview): number => {
    if (status === "failed") return -1;
    return (gravest.get(targetId(app, environment)) ?? SEVERITIES.length) * 10 + statusOrder[status];
  };
  return targets.toSorted((a, b) => rank(a) - rank(b));
}
