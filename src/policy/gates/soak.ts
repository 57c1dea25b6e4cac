import type { TargetFacts } from "../../model/gates.ts";
import { comingTime, lasting } from "../../model/text/times.ts";
import { describeAllow } from "../allow.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when the carried version has been healthy in the source environment for as long as is asked. */
export const soak: Gate = { label: "Soak", evaluate: perTarget(judge) };

function judge(target: TargetFacts, now: number): Part | undefined {
  const { settings, health, from } = target;
  const asked = settings.soak ?? 0;
  if (asked === 0) return undefined;
  const wanted = `${lasting(asked)} healthy in ${from}`;
  if (health.state !== "healthy") {
    return { state: "waiting", reason: `${wanted}. Starts when it is healthy there`, brief: "the soak" };
  }
  if (health.until !== undefined) return replaced(target, health, asked);
  const end = health.since + asked;
  if (end <= now) return { state: "passed", reason: wanted };
  const ends = comingTime(end, now);
  return {
    ...{ state: "waiting", nextAt: end, brief: `the soak (ends ${ends})` },
    reason: `${wanted}. Ends at ${ends} if it stays healthy`,
  };
}

/** A soak that was over when something newer came stays over; one that was not never ends. */
function replaced(
  { from, settings }: TargetFacts,
  { since, until = since, next }: Extract<TargetFacts["health"], { state: "healthy" }>,
  asked: number,
): Part {
  if (until - since >= asked)
    return { state: "passed", reason: `${lasting(asked)} healthy in ${from}, until ${next} came` };
  return {
    state: "blocked",
    reason: `${lasting(wholeMinutes(until - since))} of ${lasting(asked)} healthy in ${from}, until ${next} came`,
    stopped: `${next} came before the soak ended`,
    who: `promote the newer version, ask for a shorter soak, or ${describeAllow(settings.override)} may \`/override soak <reason>\``,
  };
}

/** Whole minutes that have passed, one at least; in milliseconds. */
function wholeMinutes(ms: number): number {
  return Math.max(1, Math.floor(ms / 60_000)) * 60_000;
}
