import type { GateResult, PromotionFacts } from "../../model/gates.ts";

/** What one gate, or one part of it, says. */
export interface Part
  extends Pick<GateResult, "reason" | "brief" | "stopped" | "cause" | "nextAt" | "who" | "setUp" | "counted"> {
  /** Takes the place of the gate's label. */
  readonly heading?: string;
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

/** The gravest state of the parts; `passed` when there are none. What was overridden has passed. */
export function gravest(parts: readonly Pick<GateResult, "state">[]): Part["state"] {
  const states = parts.map(({ state }) => state);
  return states.includes("blocked") ? "blocked" : states.includes("waiting") ? "waiting" : "passed";
}

/** The first of the parts' times, ready to be spread; only parts that have not passed have one. */
export function earliest(parts: readonly Pick<Part, "nextAt">[]): { nextAt?: number } {
  const times = parts.flatMap(({ nextAt }) => nextAt ?? []);
  return times.length === 0 ? {} : { nextAt: Math.min(...times) };
}
