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
        ...{ heading, who, state: "blocked", reason: nowText(from, known) },
        stopped: `${from} went back from ${known.had} to ${known.went}`,
        cause: { what: takenBack(known, now), who: `\`${known.by}\`` },
      };
    case "unknown":
      return { heading, state: "blocked", reason: known.reason, who, brief: `${from} to be known` };
    default:
      return known satisfies never;
  }
}

type Back = Extract<Currency, { state: "back" }>;

/** `no, staging has 1.4.0 since #49`. */
function nowText(from: string, { went, version, pullRequest, by }: Back): string {
  const since = pullRequest === undefined ? `\`${by}\` took it back` : `#${pullRequest}`;
  const later = version === went ? "" : `, and ${version} by now`;
  return `no, ${from} has ${went} since ${since}${later}`;
}

function takenBack({ had, by, pullRequest, at }: Back, now: number): string {
  const how = pullRequest === undefined ? "" : ` with #${pullRequest}`;
  return `\`${by}\` took ${had} back${how} on ${dayTime(at, now)}`;
}
