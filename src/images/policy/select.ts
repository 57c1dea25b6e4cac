import type { ImageFacts } from "../../model/registry.ts";
import { compareTarget, type Located } from "./compare-target.ts";
import { type Asker, builtAt, lackingPlatforms } from "./facts.ts";
import type { Placed, Ranking } from "./ordering.ts";
import type { PolicyInput } from "./types.ts";

const maxAtOnce = 8;

/** The result of asking for the best tags one after the other. */
export interface Selection<K> {
  readonly chosen?: { readonly candidate: Placed<K>; readonly facts: ImageFacts };
  /** What is known of the tags that were asked for. */
  readonly facts: ReadonlyMap<string, ImageFacts>;
  /** Tags that were asked for and passed over, with the reason; the best first. */
  readonly passed: ReadonlyMap<string, string>;
  /** When the first of those that are too young is old enough. */
  readonly waitUntil?: number;
  /** Whether there were more candidates than may be asked for. */
  readonly gaveUp: boolean;
}

/**
 * Finds the best candidate that is there, complete and old enough, and that a target moves to. Asks for one first and
 * then for some at once.
 */
export async function select<K>(
  ranking: Ranking<K>,
  targets: readonly Located[],
  input: PolicyInput,
  ask: Asker,
  limit: number,
): Promise<Selection<K>> {
  const known = new Map<string, ImageFacts>();
  const passed = new Map<string, string>();
  const waits: number[] = [];
  const ends = (): Omit<Selection<K>, "chosen" | "gaveUp"> => ({
    facts: known,
    passed,
    ...(waits.length > 0 && { waitUntil: Math.min(...waits) }),
  });
  const left = candidates(ranking, targets, input);
  for (let asked = 0; asked < limit; ) {
    const some = left.take(Math.min(maxAtOnce, limit - asked, Math.max(1, asked)));
    if (some.length === 0) return { ...ends(), gaveUp: false };
    const facts = await Promise.all(some.map(({ tag }) => ask(tag)));
    asked += some.length;
    for (const [index, candidate] of some.entries()) {
      const found = facts[index];
      if (found !== undefined) known.set(candidate.tag, found);
      const verdict = check(candidate.tag, found, input);
      if (verdict.until !== undefined) waits.push(verdict.until);
      if (verdict.reason !== undefined) passed.set(candidate.tag, verdict.reason);
      else if (found !== undefined && isWanted(ranking, candidate, { targets, facts: found, input })) {
        return { ...ends(), chosen: { candidate, facts: found }, gaveUp: false };
      }
    }
  }
  return { ...ends(), gaveUp: left.take(1).length > 0 };
}

/**
 * The tags that the policy takes and that are better than what some target has, the best first. Computed only as far
 * as they are taken.
 */
function candidates<K>({ ordering, placed }: Ranking<K>, targets: readonly Located[], { pin, now, only }: PolicyInput) {
  const distinct = distinctTargets(targets);
  let next = 0;
  const isCandidate = (one: Placed<K>): boolean =>
    (only === undefined || one.tag === only) &&
    (targets.length === 0 ||
      distinct.some((target) => compareTarget(ordering, one, target, { facts: undefined, pin, now }).moves));
  return {
    take: (max: number): readonly Placed<K>[] => {
      const some: Placed<K>[] = [];
      for (; next < placed.length && some.length < max; next += 1) {
        const one = placed[next];
        if (one !== undefined && isCandidate(one)) some.push(one);
      }
      return some;
    },
  };
}

/** One of the targets at the same version. */
function distinctTargets(targets: readonly Located[]): readonly Located[] {
  const key = ({ current: { tag, digest, held }, among }: Located): string =>
    JSON.stringify([tag, digest, held, among]);
  return [...new Map(targets.map((target) => [key(target), target])).values()];
}

function isWanted<K>(
  { ordering }: Ranking<K>,
  candidate: Placed<K>,
  {
    targets,
    facts,
    input: { pin, now },
  }: { readonly targets: readonly Located[]; readonly facts: ImageFacts; readonly input: PolicyInput },
): boolean {
  if (targets.length === 0) return true;
  return targets.some((target) => compareTarget(ordering, candidate, target, { facts, pin, now }).moves);
}

interface Check {
  /** Why the tag is passed over. */
  readonly reason?: string;
  /** When it will be old enough. */
  readonly until?: number;
}

function check(tag: string, facts: ImageFacts | undefined, input: PolicyInput): Check {
  if (facts === undefined) return { reason: `${tag} was listed or pushed, but the registry has no image of that name` };
  const lacking = lackingPlatforms(input.platforms ?? [], facts.platforms);
  if (lacking.length > 0) {
    const has = facts.platforms.length === 0 ? "says none" : `has ${facts.platforms.join(", ")}`;
    return { reason: `${tag} lacks ${lacking.join(" and ")} (it ${has}): the rest may still be on its way` };
  }
  return checkAge(tag, facts, input);
}

function checkAge(tag: string, facts: ImageFacts, { minimumAge = 0, now, firstSeen }: PolicyInput): Check {
  if (minimumAge <= 0) return {};
  const since = builtAt(facts, now) ?? firstSeen?.get(tag);
  if (since === undefined) return { reason: `the build time of ${tag} is not known, so its age is not either` };
  const until = since + minimumAge;
  if (until <= now) return {};
  return { reason: `${tag} is not old enough until ${momentText(until)}`, until };
}

/** A moment to the second: `2026-11-23 09:00:00 UTC`. */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
