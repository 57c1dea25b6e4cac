import type { TagVerdict } from "../../model/images.ts";
import { compareNatural } from "../../model/versions.ts";
import { compareTarget, type Located } from "./compare-target.ts";
import { firstOf } from "./first-of.ts";
import { itText } from "./kept-back.ts";
import type { Placed, Ranking } from "./ordering.ts";
import type { Selection } from "./select.ts";
import type { PolicyInput } from "./types.ts";

/** What verdicts are computed from. */
export interface Decided<K> {
  readonly input: PolicyInput;
  readonly ranking: Ranking<K>;
  readonly targets: readonly Located[];
  readonly selection: Selection<K>;
}

/**
 * A sentence for each of the `max` tags that people ask about: the chosen, the current, those that were asked for,
 * those that events named, then the best of those with and without a place.
 */
export function verdictsOf<K>(decided: Decided<K>, max: number): readonly TagVerdict[] {
  const { ranking, selection, targets, input } = decided;
  const first = new Set([
    ...(selection.chosen === undefined ? [] : [selection.chosen.candidate.tag]),
    ...targets.map(({ current }) => current.tag).filter((tag) => tag !== ""),
    ...selection.passed.keys(),
    ...(input.pushed ?? []),
  ]);
  const left = Math.max(0, max - first.size);
  const out = firstOf(
    ranking.out.values().filter((tag) => !first.has(tag)),
    left,
    (a, b) => compareNatural(b, a),
  );
  const placed = ranking.placed.values().filter(({ tag }) => !first.has(tag));
  const some = [...placed.take(left - Math.min(out.length, Math.floor(left / 3)))].map(({ tag }) => tag);
  const tags = [...[...first].slice(0, max), ...some, ...out.slice(0, left - some.length)];
  const places = new Map(ranking.placed.map((one) => [one.tag, one]));
  return tags.map((tag) => verdictOf(tag, places.get(tag), decided));
}

/** What the chosen one is: "the highest version in `^1.0`", and how many better ones were passed over. */
export function bestText<K>({ ranking, selection: { passed } }: Decided<K>): string {
  const { best } = ranking.ordering;
  return passed.size === 0 ? best : `${best} of those that can be taken now; ${passed.size} better passed over`;
}

function verdictOf<K>(tag: string, placed: Placed<K> | undefined, decided: Decided<K>): TagVerdict {
  const { ranking, selection, targets } = decided;
  if (selection.chosen?.candidate.tag === tag) {
    return { tag, outcome: "chosen", reason: `${tag} is ${bestText(decided)}` };
  }
  const at = targets.filter(({ current }) => current.tag === tag).map(({ current }) => current.target);
  const unwanted = selection.passed.get(tag) ?? ranking.whyNot(tag);
  if (at.length > 0) {
    const others = at.length > 1 ? ` and ${at.length - 1} more` : "";
    const remark = unwanted === undefined ? "" : `; ${itText(tag, unwanted)}`;
    const reason = `${tag} is what ${at[0]}${others} has${remark}`;
    return { tag, outcome: "current", reason };
  }
  return { tag, outcome: "not-chosen", reason: unwanted ?? whyNotChosen(tag, placed, decided) };
}

function whyNotChosen<K>(tag: string, candidate: Placed<K> | undefined, decided: Decided<K>): string {
  const { ranking, selection, targets, input } = decided;
  const none = `no target moves to ${tag} now`;
  if (candidate === undefined) return none;
  const known = { facts: selection.facts.get(tag), pin: input.pin, now: input.now };
  const comparisons = targets.map((target) => compareTarget(ranking.ordering, candidate, target, known));
  if (targets.length > 0 && comparisons.every(({ moves }) => !moves)) {
    return `${comparisons[0]?.why() ?? none} (${targets[0]?.current.target})`;
  }
  const { chosen } = selection;
  if (chosen === undefined)
    return selection.gaveUp ? `${tag} was not asked for: too many better tags were passed over` : none;
  const order = ranking.ordering.compare(candidate.key, chosen.candidate.key);
  if (order > 0) return none;
  return `${tag} ${order === 0 ? "is the same version as" : ranking.ordering.behind} ${chosen.candidate.tag}`;
}
