import { toItems } from "../diff/item.ts";
import type { Render } from "../model/render.ts";
import type { Affected, ComparedTarget } from "./affected.ts";

/** What came and what went are one app in a moved folder where at least this part of their resources is the same. */
const minShared = 0.8;

interface Side {
  readonly one: Affected;
  readonly identities: ReadonlySet<string>;
}

/**
 * A folder that was moved is an app that went and one that came with the same resources: joins them to one, which is
 * compared across the move. Each is joined at most once, with the likest one of its environment.
 */
export function joinMoved(compared: readonly ComparedTarget[]): readonly ComparedTarget[] {
  const affected = compared.filter((one): one is Affected => one.affected);
  const gone = sides(affected, ({ base, head }) => (head === undefined ? base : undefined));
  const fresh = sides(affected, ({ base, head }) => (base === undefined ? head : undefined));
  if (gone.length === 0 || fresh.length === 0) return compared;
  const joined = new Map<ComparedTarget, Affected>();
  const taken = new Set<ComparedTarget>();
  for (const { from, to, shared } of candidates(gone, fresh)) {
    if (taken.has(from.one) || joined.has(to.one)) continue;
    taken.add(from.one);
    const { base } = from.one;
    joined.set(to.one, {
      ...to.one,
      base,
      before: from.one.target,
      movedFrom: from.one.target.render.path,
      moves: [{ what: "path", from: from.one.target.render.path, to: to.one.target.render.path }],
      sameIdentities: shared === 1 ? to.identities.size : 0,
    });
  }
  return compared.filter((one) => !taken.has(one)).map((one) => joined.get(one) ?? one);
}

function sides(affected: readonly Affected[], render: (one: Affected) => Render | undefined): readonly Side[] {
  return affected.flatMap((one) => {
    const found = render(one);
    const identities = found?.ok ? new Set(toItems(found.resources()).map(({ key }) => key)) : undefined;
    return identities === undefined || identities.size === 0 ? [] : [{ one, identities }];
  });
}

interface Candidate {
  readonly from: Side;
  readonly to: Side;
  readonly shared: number;
}

/** The likest first. What goes in one environment and comes in another was not moved. */
function candidates(gone: readonly Side[], fresh: readonly Side[]): readonly Candidate[] {
  const found = gone.flatMap((from) =>
    fresh.flatMap((to): readonly Candidate[] => {
      const [before, after] = [from.one.target, to.one.target];
      if (before.environment !== after.environment || before.render.path === after.render.path) return [];
      const shared = sharedPart(from.identities, to.identities);
      return shared >= minShared ? [{ from, to, shared }] : [];
    }),
  );
  const rank = ({ from, to, shared }: Candidate) => 2 * shared + (from.one.target.app === to.one.target.app ? 1 : 0);
  return found.sort((a, b) => rank(b) - rank(a));
}

function sharedPart(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0;
  for (const identity of one) if (other.has(identity)) shared++;
  return shared / (one.size + other.size - shared);
}
