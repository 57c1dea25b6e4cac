import type { TargetFacts } from "../../model/gates.ts";
import { duration, future, past } from "../moments.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when the carried version has been healthy in the source environment for as long as is asked. */
export const soak: Gate = { label: "Soak", evaluate: perTarget(judge) };

function judge({ settings, health, from }: TargetFacts, now: number): Part | undefined {
  const asked = settings.soak ?? 0;
  if (asked === 0) return undefined;
  if (health.state !== "healthy") {
    return { state: "waiting", reason: `the ${duration(asked)} start when the version is healthy in ${from}` };
  }
  const end = health.since + asked;
  const since = `healthy in ${from} since ${past(health.since)}`;
  if (end <= now) return { state: "passed", reason: `${since}, ${duration(asked)} were asked` };
  return { state: "waiting", reason: `${since}, the ${duration(asked)} end ${future(end)}`, nextAt: end };
}
