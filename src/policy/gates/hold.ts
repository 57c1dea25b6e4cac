import type { Hold, TargetFacts } from "../../model/gates.ts";
import { comingTime, dayTime } from "../../model/text/times.ts";
import { describeAllow } from "../allow.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/**
 * Blocked while a person's, a rollback's or a revert's hold stands. An `until` that cannot be read is none: the hold
 * stands.
 */
export const hold: Gate = { label: "Not on hold", evaluate: perTarget(judge) };

function judge(target: TargetFacts, now: number): Part {
  const { hold: held } = target;
  if (held === undefined) return { state: "passed", reason: "" };
  const until = timeOf(held.until);
  if (until !== undefined && until <= now) {
    return { state: "passed", reason: `the hold by \`${held.by}\` ended ${dayTime(until, now)}` };
  }
  const scope = held.environmentWide ? target.environment : `${target.environment}/${target.app}`;
  const people = target.allow === undefined ? "those who may promote" : describeAllow(target.allow);
  const end = until === undefined ? "" : ` until ${comingTime(until, now)}`;
  return {
    heading: "On hold",
    state: "blocked",
    reason: `by \`${held.by}\`${after(held)}${end}${because(held)}`,
    brief: `${held.by}${end}`,
    ...(until !== undefined && { nextAt: until }),
    who: `${people} may \`/release ${scope}\``,
  };
}

function after({ cause, environmentWide, proposal }: Hold): string {
  const all = environmentWide ? ", the whole environment" : "";
  if (proposal !== undefined) return `${all}, while the rollback in #${proposal} is open`;
  return cause === "person" ? all : `${all}, after a ${cause}`;
}

function because({ reason }: Hold): string {
  return reason.trim() === "" ? "" : `: "${reason.trim()}"`;
}

function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}
