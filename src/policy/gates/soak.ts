import type { TargetFacts } from "../../model/gates.ts";
import { describeAllow } from "../allow.ts";
import { duration, future, past } from "../moments.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when the carried version has been healthy in the source environment for as long as is asked. */
export const soak: Gate = { label: "Soak", evaluate: perTarget(judge) };

function judge(target: TargetFacts, now: number): Part | undefined {
  const { settings, health, from } = target;
  const asked = settings.soak ?? 0;
  if (asked === 0) return undefined;
  if (health.state !== "healthy") {
    return { state: "waiting", reason: `the ${duration(asked)} start when the version is healthy in ${from}` };
  }
  const end = health.since + asked;
  const since = `healthy in ${from} since ${past(health.since)}`;
  if (health.until !== undefined) return replaced(target, health, asked);
  if (end <= now) return { state: "passed", reason: `${since}, ${duration(asked)} were asked` };
  return { state: "waiting", reason: `${since}, the ${duration(asked)} end ${future(end)}`, nextAt: end };
}

/** A soak that was over when something newer came stays over; one that was not never ends. */
function replaced(
  { from, settings }: TargetFacts,
  { since, until = since, next }: Extract<TargetFacts["health"], { state: "healthy" }>,
  asked: number,
): Part {
  const came = `until ${next} came`;
  if (until - since >= asked) return { state: "passed", reason: `soaked ${duration(asked)} in ${from}, ${came}` };
  const short = `healthy in ${from} for ${duration(roundedUp(until - since))} only, ${came}; ${duration(asked)} are asked`;
  return {
    state: "blocked",
    reason: short,
    who: `promote the newer version, ask for a shorter soak where none lives that long, or ${describeAllow(settings.override)} by /override soak`,
  };
}

/** Whole minutes, in milliseconds. */
function roundedUp(ms: number): number {
  return Math.max(1, Math.round(ms / 60_000)) * 60_000;
}
