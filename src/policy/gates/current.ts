import type { Currency, TargetFacts } from "../../model/gates.ts";
import { dayTime } from "../../model/text/times.ts";
import { describeAllow } from "../allow.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed while the source has the carried version, or has gone forward from it. What was taken back needs a person. */
export const current: Gate = { label: "Still in the source", evaluate: perTarget(judge) };

function judge({ settings, current: known, from }: TargetFacts, now: number): Part | undefined {
  if (!settings.current || known === undefined) return undefined;
  const heading = `Still in ${from}`;
  const who = `${describeAllow(settings.override)} may \`/override current <reason>\``;
  switch (known.state) {
    case "has":
      return { heading, state: "passed", reason: `${from} has ${known.version}` };
    case "forward":
      return { heading, state: "passed", reason: `${from} has gone on to ${known.version}` };
    case "back":
      return {
        ...{ heading, who, state: "blocked", reason: takenBack(from, known, now) },
        stopped: `${from} went back to ${known.went}`,
      };
    case "unknown":
      return { heading, state: "blocked", reason: known.reason, who, brief: `${from} to be known` };
    default:
      return known satisfies never;
  }
}

function takenBack(
  from: string,
  { went, version, by, pullRequest, at }: Extract<Currency, { state: "back" }>,
  now: number,
): string {
  const how = pullRequest === undefined ? "" : ` with #${pullRequest}`;
  const since = version === went ? "" : `; it has ${version} by now`;
  return `no, \`${by}\` took ${from} back to ${went}${how}, ${dayTime(at, now)}${since}`;
}
