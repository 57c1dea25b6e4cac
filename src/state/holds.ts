import type { Hold } from "../model/gates.ts";
import type { StoredHold } from "./files.ts";

/**
 * The holds that stand on a place by `now`, the one that stops most first: a person's before a rollback's, which the
 * next promotion of a person lifts; then the target's own before its environment's.
 */
export function standingHolds(own: StoredHold | undefined, wide: StoredHold | undefined, now: number): readonly Hold[] {
  const all = [
    ...standing(own, now).map((hold) => ({ ...hold, environmentWide: false })),
    ...standing(wide, now).map((hold) => ({ ...hold, environmentWide: true })),
  ];
  return [...all.filter(({ cause }) => cause === "person"), ...all.filter(({ cause }) => cause !== "person")];
}

/** A hold that has not ended, and the one beneath it. */
function standing(hold: StoredHold | undefined, now: number): readonly Omit<Hold, "environmentWide">[] {
  if (hold === undefined) return [];
  const { beneath, ...top } = hold;
  const ended = top.until !== undefined && Date.parse(top.until) <= now;
  return [...(ended ? [] : [top]), ...standing(beneath, now)];
}
