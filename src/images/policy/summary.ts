import { compareNatural } from "../../model/versions.ts";
import { compareTarget, versionText } from "./compare-target.ts";
import { momentText } from "./select.ts";
import { bestText, type Decided } from "./tag-verdicts.ts";
import type { TargetDecision } from "./types.ts";

const maxSkipped = 100;

/** The decision about each target. */
export function targetDecisions<K>(decided: Decided<K>): readonly TargetDecision[] {
  const { ranking, targets, selection, input } = decided;
  const { pin, now, only } = input;
  const best = selection.chosen?.candidate ?? ranking.placed.find(({ tag }) => only === undefined || tag === only);
  return targets.map((located) => {
    const { target, tag, digest } = located.current;
    const from = { tag, digest };
    if (best === undefined) return { target, from, moves: false, reason: "the policy takes no tag of the registry" };
    const { moves, why, kept } = compareTarget(ranking.ordering, best, located, {
      facts: selection.facts.get(best.tag),
      pin,
      now,
    });
    if (selection.chosen !== undefined) return { target, from, moves, reason: why(), ...(kept && { kept }) };
    return { target, from, moves: false, reason: (moves ? selection.passed.get(best.tag) : undefined) ?? why() };
  });
}

/** Tags that a moving target skips: better than what one has, worse than the chosen. */
export function skippedTags<K>(decided: Decided<K>): readonly string[] {
  const { ranking, targets, selection, input } = decided;
  const { chosen } = selection;
  if (chosen === undefined) return [];
  const { ordering, placed } = ranking;
  const { pin, now } = input;
  const moving = targets.filter(
    (target) => compareTarget(ordering, chosen.candidate, target, { facts: chosen.facts, pin, now }).moves,
  );
  const isSkipped = (one: (typeof placed)[number]): boolean =>
    ordering.compare(one.key, chosen.candidate.key) < 0 &&
    moving.some(({ place }) => (ordering.against(one, place) ?? 0) > 0 && one.tag !== place.tag);
  return [...placed.values().filter(isSkipped).take(maxSkipped)].map(({ tag }) => tag);
}

/** The whole result. */
export function summaryOf<K>(decided: Decided<K>, decisions: readonly TargetDecision[]): string {
  const { ranking, selection, input } = decided;
  const { best } = ranking.ordering;
  if (selection.chosen !== undefined) {
    const { tag } = selection.chosen.candidate;
    const moving = decisions.filter(({ moves }) => moves);
    const from = [...new Set(moving.map((one) => versionText(one.from)))].join(", ");
    return moving.length === 0
      ? `${tag} is ${bestText(decided)}`
      : `${tag} takes the place of ${from}: it is ${bestText(decided)}`;
  }
  if (selection.passed.size > 0) return `Nothing changes now: ${waitingText(decided)}`;
  const first = ranking.placed[0];
  if (first === undefined) return nothingTaken(decided);
  const [one] = decisions;
  if (one === undefined) return `${first.tag} is ${best}, and no target has the image`;
  return `Nothing changes: ${first.tag} is ${best}, and ${one.target}${decisions.length > 1 ? ` and ${decisions.length - 1} more` : ""} has ${versionText(one.from)}${input.pin === "tag" ? "" : " with its digest"}${unexpected(decided, first.tag)}`;
}

/** Why a tag that people take for newer is not the best. */
function unexpected<K>({ ranking: { ordering, placed } }: Decided<K>, best: string): string {
  if (ordering.explain === undefined) return "";
  const last = placed.reduce((a, { tag }) => (compareNatural(tag, a) > 0 ? tag : a), best);
  const why = ordering.explain(last, best);
  return why === undefined ? "" : `. ${last} is not newer: ${why}`;
}

/** Why the best was passed over, and when the next can be taken. */
function waitingText<K>({ selection: { passed, waitUntil } }: Decided<K>): string {
  const [first = ""] = passed.values();
  const others = passed.size > 1 ? `, and ${passed.size - 1} more were passed over` : "";
  const until = waitUntil === undefined ? "" : momentText(waitUntil);
  return `${first}${others}${first.includes(until) ? "" : `; the next is old enough at ${until}`}`;
}

function nothingTaken<K>({ ranking: { placed, out } }: Decided<K>): string {
  const count = placed.length + out.length;
  if (count === 0) return "The registry lists no tags";
  return `The policy takes ${count === 1 ? "not the only tag" : `none of the ${count} tags`} of the registry`;
}
