import type { Destination } from "../model/declaration.ts";
import { isMounted } from "../model/mount.ts";
import { type Finding, SEVERITIES, type TargetPreview } from "../model/preview.ts";
import { type RenderSpec, type Target, targetId } from "../model/target.ts";

/** One target at the base and at the head; one of them is absent where the target does not exist there. */
export type TargetPair =
  | { readonly id: string; readonly base: Target; readonly head: Target }
  | {
      readonly id: string;
      readonly base: Target;
      readonly head: undefined;
      /** The target under a name of its own, where another one has its name at the head. */
      readonly shown?: Target;
    }
  | { readonly id: string; readonly base: undefined; readonly head: Target };

/**
 * Joins the targets of two plans: those of the head in their order, then those that only the base has. What the same
 * object of a controller declares is the same target, whatever it renders from. A folder that renders in the same way
 * is the same target, whatever its name became because of its neighbours; else the id decides.
 */
export function pairTargets(base: readonly Target[], head: readonly Target[]): readonly TargetPair[] {
  const left = new Set(base);
  const pairs = new Map<Target, Target>();
  const [before, after] = [rootsOf(base), rootsOf(head)];
  for (const { keyOf, fits = always } of identities) {
    const old = uniqueBy([...left], (target) => keyOf(target, before));
    const fresh = uniqueBy(
      head.filter((target) => !pairs.has(target)),
      (target) => keyOf(target, after),
    );
    for (const [key, target] of fresh) {
      const same = old.get(key);
      if (same === undefined || !fits(same, target)) continue;
      pairs.set(target, same);
      left.delete(same);
    }
  }
  const ids = new Set(head.map(({ id }) => id));
  return [
    ...head.map((target): TargetPair => ({ id: target.id, base: pairs.get(target), head: target })),
    ...[...left].map((target): TargetPair => gone(target, ids)),
  ];
}

/** What only the base has. Its name may be another one's by now: then its kind stands behind it. */
function gone(target: Target, taken: Set<string>): TargetPair {
  const { app, environment, declaration, render } = target;
  const kind = (declaration?.kind ?? render.kind).toLowerCase();
  const choices = [app, `${app}-${kind}`, ...Array.from(taken, (_, index) => `${app}-${kind}-${index + 2}`)];
  const name = choices.find((one) => !taken.has(targetId(one, environment))) ?? app;
  const id = targetId(name, environment);
  taken.add(id);
  return { id, base: target, head: undefined, ...(name === app ? {} : { shown: { ...target, id, app: name } }) };
}

/** For each target where its chain of declarations begins: the folder of the entry. */
type Roots = ReadonlyMap<Target, string>;

function rootsOf(targets: readonly Target[]): Roots {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const rootOf = (target: Target, seen: ReadonlySet<string>): string => {
    const { parent } = target.declaration ?? {};
    const above = parent === undefined || seen.has(parent) ? undefined : byId.get(parent);
    return above === undefined ? target.render.path : rootOf(above, new Set([...seen, target.id]));
  };
  return new Map(targets.map((target) => [target, rootOf(target, new Set())]));
}

/** What may make two targets the same, and which pairs are excepted. */
interface Identity {
  readonly keyOf: (target: Target, roots: Roots) => string | undefined;
  readonly fits?: (base: Target, head: Target) => boolean;
}

/** What makes two targets the same, the surest first. */
const identities: readonly Identity[] = [
  { keyOf: (target, roots) => declared(target, roots.get(target), target.destination) },
  { keyOf: (target) => declared(target, target.destination) },
  // An entry that was moved, or one whose objects now go to another cluster.
  { keyOf: (target, roots) => declared(target, roots.get(target)) },
  { keyOf: (target) => declared(target, target.environment) },
  { keyOf: (target) => declared(target) },
  { keyOf: ({ id, render }) => JSON.stringify([id, render.kind, render.path]), fits: areAlike },
  {
    keyOf: ({ environment, render }) =>
      isShared(render) ? undefined : JSON.stringify([environment, render.kind, render.path]),
    fits: areAlike,
  },
  // A chart renders once for each environment, so its folder alone tells nothing.
  {
    keyOf: ({ render }) =>
      isShared(render) || render.kind === "helm" ? undefined : JSON.stringify([render.kind, render.path]),
    fits: areAlike,
  },
  // A folder that a controller deploys from now on.
  { keyOf: ({ render }) => (isMounted(render.path) ? undefined : render.path), fits: isTakenOver },
  { keyOf: ({ id }) => id, fits: (base, head) => areAlike(base, head) || isTakenOver(base, head) },
];

function declared(
  { declaration }: Target,
  ...place: readonly (string | Destination | undefined)[]
): string | undefined {
  if (declaration === undefined) return undefined;
  const { kind, namespace, name } = declaration;
  const where = place.map((one) =>
    typeof one === "object" ? [one.cluster ?? null, one.server ?? null] : (one ?? null),
  );
  return JSON.stringify([kind, namespace, name, ...where]);
}

/** A chart that any release may be made from. */
function isShared({ kind, path }: RenderSpec): boolean {
  return kind === "helmrelease" || isMounted(path);
}

function areAlike(base: Target, head: Target): boolean {
  return (base.declaration === undefined) === (head.declaration === undefined);
}

/** The other way round is a loss: the folder is there, and nothing deploys it any more. */
function isTakenOver(base: Target, head: Target): boolean {
  return base.declaration === undefined && head.declaration !== undefined;
}

function always(): boolean {
  return true;
}

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
