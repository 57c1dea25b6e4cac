import type { Hold, TargetFacts } from "../../model/gates.ts";
import { describeAllow } from "../allow.ts";
import { future, past } from "../moments.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/**
 * Blocked while a person's, a rollback's or a revert's hold stands. An `until` that cannot be read is none: the hold
 * stands.
 */
export const hold: Gate = { label: "Not held", evaluate: perTarget(judge) };

function judge(target: TargetFacts, now: number): Part {
  const { hold: held } = target;
  if (held === undefined) return { state: "passed", reason: "nothing is held" };
  const until = timeOf(held.until);
  if (until !== undefined && until <= now) {
    return { state: "passed", reason: `the hold by ${held.by} ended ${past(until)}` };
  }
  const scope = held.environmentWide ? target.environment : `${target.environment}/${target.app}`;
  const people = target.allow === undefined ? "those who may promote" : describeAllow(target.allow);
  return {
    state: "blocked",
    reason: `${opening(held)}${until === undefined ? "" : ` until ${future(until)}`}${because(held)}`,
    ...(until !== undefined && { nextAt: until }),
    who: `${people}: comment /release ${scope}`,
  };
}

function opening({ by, since, cause, environmentWide }: Hold): string {
  const at = timeOf(since);
  const what = cause === "person" ? "held" : `held after a ${cause}`;
  return `${environmentWide ? "the whole environment is " : ""}${what} by ${by}${at === undefined ? "" : ` since ${past(at)}`}`;
}

function because({ reason }: Hold): string {
  return reason.trim() === "" ? "" : `: ${reason.trim()}`;
}

function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}
