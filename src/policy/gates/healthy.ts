import type { TargetFacts } from "../../model/gates.ts";
import { dayTime } from "../../model/text/times.ts";
import { describeAllow } from "../allow.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when the carried version is live and healthy in the source environment. A failure there needs a person. */
export const healthy: Gate = { label: "Healthy in the source", evaluate: perTarget(judge) };

function judge({ settings, health, from }: TargetFacts, now: number): Part | undefined {
  if (!settings.healthy) return undefined;
  const heading = `Healthy in ${from}`;
  const brief = `health in ${from}`;
  switch (health.state) {
    case "healthy":
      return { heading, state: "passed", reason: wasHealthy(health, now) };
    case "failed":
      return {
        ...{ heading, state: "blocked", reason: `no, ${health.reason}`, stopped: `it failed in ${from}` },
        who: `fix it in ${from}, or ${describeAllow(settings.override)} may \`/override healthy <reason>\``,
      };
    case "progressing":
      return { heading, state: "waiting", reason: `not yet, ${health.reason}`, brief };
    case "unknown":
      return {
        ...{ heading, state: "waiting", reason: `unknown, ${health.reason}`, brief },
        ...(health.setUp !== undefined && { setUp: from }),
      };
    default:
      return health satisfies never;
  }
}

function wasHealthy(health: Extract<TargetFacts["health"], { state: "healthy" }>, now: number): string {
  const { since, until, next, source } = health;
  if (until === undefined) return `since ${dayTime(since, now)} (${source})`;
  return `from ${dayTime(since, now)} until ${next} came (${source})`;
}
