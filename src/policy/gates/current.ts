import type { Currency, TargetFacts } from "../../model/gates.ts";
import { describeAllow } from "../allow.ts";
import { past } from "../moments.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed while the source has the carried version, or has gone forward from it. What was taken back needs a person. */
export const current: Gate = { label: "Still in the source", evaluate: perTarget(judge) };

function judge({ settings, current: known, from }: TargetFacts): Part | undefined {
  if (!settings.current || known === undefined) return undefined;
  const who = `${describeAllow(settings.override)} by /override current`;
  switch (known.state) {
    case "has":
      return { state: "passed", reason: `${from} has ${known.version}` };
    case "forward":
      return { state: "passed", reason: `${from} has gone on to ${known.version}` };
    case "back":
      return { state: "blocked", reason: takenBack(from, known), who };
    case "unknown":
      return { state: "blocked", reason: known.reason, who };
    default:
      return known satisfies never;
  }
}

function takenBack(from: string, { went, version, by, pullRequest, at }: Extract<Currency, { state: "back" }>): string {
  const how = pullRequest === undefined ? "" : ` with #${pullRequest}`;
  const now = version === went ? "" : `, and has ${version} by now`;
  return `${by} took ${from} back to ${went}${how}, ${past(at)}${now}`;
}
