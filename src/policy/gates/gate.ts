import type { GateResult, PromotionFacts } from "../../model/gates.ts";

/** What one gate, or one part of it, says. */
export interface Part extends Pick<GateResult, "reason" | "nextAt" | "who"> {
  readonly state: "passed" | "waiting" | "blocked";
  readonly children?: readonly Child[];
}

/** A part with its name. */
export interface Child extends Part {
  readonly label: string;
}

/**
 * One gate: a pure function from the facts and the time (milliseconds since the epoch). `undefined`: it is off and not
 * shown.
 */
export interface Gate {
  readonly label: string;
  readonly evaluate: (facts: PromotionFacts, now: number) => Part | undefined;
}

/** The gravest state of the parts; `passed` when there are none. */
export function gravest(parts: readonly Pick<Part, "state">[]): Part["state"] {
  const states = parts.map(({ state }) => state);
  return states.includes("blocked") ? "blocked" : states.includes("waiting") ? "waiting" : "passed";
}

/** When the answer of those that have not passed may first change by time alone, ready to be spread. */
export function earliest(parts: readonly { readonly state: string; readonly nextAt?: number }[]): { nextAt?: number } {
  const times = parts.flatMap(({ state, nextAt }) => (isOpen(state) && nextAt !== undefined ? [nextAt] : []));
  return times.length === 0 ? {} : { nextAt: Math.min(...times) };
}

function isOpen(state: string): boolean {
  return state === "waiting" || state === "blocked";
}
