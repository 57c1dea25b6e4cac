import { type Finding, SEVERITIES, type TargetPreview } from "../model/preview.ts";
import { type Target, targetId } from "../model/target.ts";

/** One target at the base and at the head; one of them is absent where the target does not exist there. */
export type TargetPair =
  | { readonly id: string; readonly base: Target; readonly head: Target }
  | { readonly id: string; readonly base: Target; readonly head: undefined }
  | { readonly id: string; readonly base: undefined; readonly head: Target };

/**
 * Joins the targets of two plans: those of the head in their order, then those that only the base has. A folder that
 * renders in the same way is the same target, whatever its name became because of its neighbours; else the id decides.
 */
export function pairTargets(base: readonly Target[], head: readonly Target[]): readonly TargetPair[] {
  const left = new Set(base);
  const pairs = new Map<Target, Target>();
  for (const keyOf of identities) {
    const before = uniqueBy([...left], keyOf);
    const after = uniqueBy(
      head.filter((target) => !pairs.has(target)),
      keyOf,
    );
    for (const [key, target] of after) {
      const old = before.get(key);
      if (old === undefined) continue;
      pairs.set(target, old);
      left.delete(old);
    }
  }
  return [
    ...head.map((target): TargetPair => ({ id: target.id, base: pairs.get(target), head: target })),
    ...[...left].map((target): TargetPair => ({ id: target.id, base: target, head: undefined })),
  ];
}

/** What makes two targets the same, the surest first. */
const identities: readonly ((target: Target) => string | undefined)[] = [
  ({ id, render }) => JSON.stringify([id, render.kind, render.path]),
  ({ environment, render }) => JSON.stringify([environment, render.kind, render.path]),
  // A chart renders once for each environment, so its folder alone tells nothing.
  ({ render }) => (render.kind === "helm" ? undefined : JSON.stringify([render.kind, render.path])),
  ({ id }) => id,
];

/** Targets by key, without those whose key is another's too. */
function uniqueBy(
  targets: readonly Target[],
  keyOf: (target: Target) => string | undefined,
): ReadonlyMap<string, Target> {
  const groups = Map.groupBy(targets, keyOf);
  return new Map(
    [...groups].flatMap(([key, [first, ...others]]) =>
      key === undefined || first === undefined || others.length > 0 ? [] : [[key, first] as const],
    ),
  );
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
