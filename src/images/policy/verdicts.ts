import type { TagVerdict } from "../../model/images.ts";
import { compareNatural, firstOf } from "./compare.ts";
import type { Placed, Ranking } from "./ordering.ts";
import { type Located, standingOf } from "./standing.ts";
import type { PolicyInput } from "./types.ts";
import type { Walk } from "./walk.ts";

/** What verdicts are made of. */
export interface Decided<K> {
  readonly input: PolicyInput;
  readonly ranking: Ranking<K>;
  readonly targets: readonly Located[];
  readonly walk: Walk<K>;
}

/** A sentence for each of the `most` tags that people ask about: the chosen, the current, those that were asked for, those that events named, then the best of those with and without a place. */
export function verdictsOf<K>(decided: Decided<K>, most: number): readonly TagVerdict[] {
  const { ranking, walk, targets, input } = decided;
  const first = new Set([
    ...(walk.chosen === undefined ? [] : [walk.chosen.candidate.tag]),
    ...targets.map(({ current }) => current.tag).filter((tag) => tag !== ""),
    ...walk.passed.keys(),
    ...(input.pushed ?? []),
  ]);
  const left = Math.max(0, most - first.size);
  const out = firstOf(
    ranking.out.values().filter((tag) => !first.has(tag)),
    left,
    (a, b) => compareNatural(b, a),
  );
  const placed = ranking.placed.values().filter(({ tag }) => !first.has(tag));
  const some = [...placed.take(left - Math.min(out.length, Math.floor(left / 3)))].map(({ tag }) => tag);
  const tags = [...[...first].slice(0, most), ...some, ...out.slice(0, left - some.length)];
  const places = new Map(ranking.placed.map((one) => [one.tag, one]));
  return tags.map((tag) => verdictOf(tag, places.get(tag), decided));
}

function verdictOf<K>(tag: string, placed: Placed<K> | undefined, decided: Decided<K>): TagVerdict {
  const { ranking, walk, targets } = decided;
  if (walk.chosen?.candidate.tag === tag) {
    return { tag, outcome: "chosen", reason: `${tag} is ${ranking.ordering.best}${better(walk)}` };
  }
  const reason = walk.passed.get(tag) ?? ranking.whyNot(tag) ?? whyNotChosen(tag, placed, decided);
  const at = targets.filter(({ current }) => current.tag === tag).map(({ current }) => current.target);
  if (at.length === 0) return { tag, outcome: "not-chosen", reason };
  const others = at.length > 1 ? ` and ${at.length - 1} more` : "";
  return { tag, outcome: "current", reason: `${tag} is what ${at[0]}${others} has: ${lowered(reason, tag)}` };
}

/** That there are better ones which were passed over. */
function better<K>({ passed }: Walk<K>): string {
  return passed.size === 0 ? "" : ` of those that can be taken now; ${passed.size} better were passed over`;
}

/** A sentence without the tag that it is about at its beginning. */
function lowered(reason: string, tag: string): string {
  return reason.startsWith(`${tag} `) ? `it ${reason.slice(tag.length + 1)}` : reason;
}

function whyNotChosen<K>(tag: string, candidate: Placed<K> | undefined, decided: Decided<K>): string {
  const { ranking, walk, targets, input } = decided;
  if (candidate === undefined) return `${tag} has no place in the policy's order`;
  const known = { facts: undefined, pin: input.pin, now: input.now };
  const stays = targets.map((target) => standingOf(ranking.ordering, candidate, target, known));
  const staying = stays.find(({ moves }) => !moves);
  if (walk.chosen !== undefined && (staying === undefined || stays.some(({ moves }) => moves))) {
    const order = ranking.ordering.compare(candidate.key, walk.chosen.candidate.key);
    if (order > 0) return `no target moves to ${tag} now`;
    return `${tag} ${order === 0 ? "is the same version as" : ranking.ordering.behind} ${walk.chosen.candidate.tag}`;
  }
  if (staying !== undefined && stays.every(({ moves }) => !moves)) {
    const at = targets[stays.indexOf(staying)]?.current.target ?? "";
    return `${staying.why()} (${at})`;
  }
  return walk.gaveUp
    ? `${tag} was not asked for: too many better tags were passed over`
    : `no target moves to ${tag} now`;
}
