import { canonicalImage } from "../model/registry.ts";
import type { TargetBump, WantedBump } from "./bump.ts";
import { type EntryDecision, versionKey } from "./entry-decision.ts";
import type { Version } from "./policy/index.ts";
import type { ImageEntry } from "./units.ts";

/**
 * What a target is to have of an entry's image wherever it has one of the versions in `from`, which are as `versionKey`
 * writes them.
 */
export function wantedOf(
  { image, pin, marker }: Pick<ImageEntry, "image" | "pin" | "marker">,
  { tag, digest }: Version,
  from: ReadonlySet<string>,
): WantedBump {
  return {
    image: canonicalImage(image),
    tag,
    digest,
    pin,
    ...(marker === undefined ? {} : { marker }),
    moves: (now) => from.has(versionKey(now)),
  };
}

/** What each target is to have, from the decisions about all entries of a unit. */
export function bumpsOf(decisions: readonly EntryDecision[]): readonly TargetBump[] {
  const byTarget = new Map<string, TargetBump>();
  for (const one of decisions) {
    for (const { target } of one.targets) {
      const wanted = wantedFor(one, target.id);
      if (wanted === undefined) continue;
      const before = byTarget.get(target.id)?.wanted ?? [];
      byTarget.set(target.id, { target, wanted: [...before, wanted] });
    }
  }
  return [...byTarget.values()];
}

function wantedFor({ entry, decision }: EntryDecision, target: string): WantedBump | undefined {
  const moving = new Set(
    decision.targets.filter((one) => one.target === target && one.moves).map(({ from }) => versionKey(from)),
  );
  if (decision.chosen === undefined || moving.size === 0) return undefined;
  const { tag, facts } = decision.chosen;
  return wantedOf(entry, { tag, digest: facts.digest }, moving);
}
