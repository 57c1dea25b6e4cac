import type { UnknownTargets } from "../model/preview.ts";
import type { Render } from "../model/render.ts";
import type { Affected, ComparedTarget } from "./affected.ts";
import { declarerName } from "./moves.ts";

/** What can be compared, and what cannot because what declares it is not rendered. */
export interface Known {
  readonly compared: readonly ComparedTarget[];
  readonly unknown: readonly (UnknownTargets & { readonly parent: Affected })[];
}

/**
 * Takes out what only seems to be removed: targets whose parent (a generator, an entry, a Kustomization) is not
 * rendered at the head, so that nobody can say what becomes of them. Those that only seem to be new, because their
 * parent was not rendered before, are compared with a side that is not known.
 */
export function withoutUnknown(compared: readonly ComparedTarget[]): Known {
  if (!compared.some((one) => one.affected && one.target.declaration?.parent !== undefined))
    return { compared, unknown: [] };
  const before = new Map(compared.map((one) => [baseIdOf(one), one]));
  const after = new Map(compared.map((one) => [one.target.id, one]));
  const lost = new Map<ComparedTarget, Affected>();
  for (const one of compared) {
    const parent = one.affected && isGone(one) ? unseenParent(one, before, new Set()) : undefined;
    if (parent !== undefined) lost.set(one, parent);
  }
  const rest = compared.filter((one) => !lost.has(one)).map((one) => withUnknownBase(one, after));
  const groups = Map.groupBy([...lost], ([, parent]) => parent);
  return {
    compared: rest,
    unknown: [...groups].map(([parent, children]) => ({
      parent,
      app: parent.target.app,
      environment: parent.target.environment,
      targets: children.map(
        ([
          {
            target: { app, environment },
          },
        ]) => ({ app, environment }),
      ),
    })),
  };
}

function baseIdOf(one: ComparedTarget): string {
  return ((one.affected ? one.before : undefined) ?? one.target).id;
}

function isGone({ head }: Affected): boolean {
  return head === undefined;
}

/** The nearest target above one that is gone whose head is not rendered, where all between are gone too. */
function unseenParent(
  { target }: Affected,
  before: ReadonlyMap<string, ComparedTarget>,
  seen: ReadonlySet<string>,
): Affected | undefined {
  const parent = before.get(target.declaration?.parent ?? "");
  if (parent === undefined || !parent.affected || seen.has(target.id)) return undefined;
  if (isGone(parent)) return unseenParent(parent, before, new Set([...seen, target.id]));
  return isUnseen(parent.head, parent.base) ? parent : undefined;
}

/** Whether a side lacks something, be it all of it, that the other side has. */
function isUnseen(side: Render | undefined, other: Render | undefined): boolean {
  if (side?.ok !== false) return false;
  if (side.partial === undefined) return true;
  const had = new Set(other?.unpinned.map(({ reference }) => reference));
  return side.unpinned.some(({ reference, kind }) => kind !== "value" && !had.has(reference));
}

function withUnknownBase(one: ComparedTarget, after: ReadonlyMap<string, ComparedTarget>): ComparedTarget {
  if (!one.affected || one.base !== undefined || one.head?.ok !== true) return one;
  const parent = after.get(one.target.declaration?.parent ?? "");
  if (parent?.affected !== true || !isUnseen(parent.base, parent.head)) return one;
  const message = `It comes from ${declarerName(parent.target)}, which could not be rendered before`;
  return { ...one, base: { ok: false, digest: "", trace: [], unpinned: [], failure: { kind: "input", message } } };
}
