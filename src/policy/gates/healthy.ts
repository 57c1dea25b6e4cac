import type { TargetFacts } from "../../model/gates.ts";
import { describeAllow } from "../allow.ts";
import { past } from "../moments.ts";
import type { Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when the carried version is live and healthy in the source environment. A failure there needs a person. */
export const healthy: Gate = { label: "Healthy in the source", evaluate: perTarget(judge) };

function judge({ settings, health, from }: TargetFacts): Part | undefined {
  if (!settings.healthy) return undefined;
  switch (health.state) {
    case "healthy":
      return { state: "passed", reason: wasHealthy(from, health) };
    case "failed":
      return {
        state: "blocked",
        reason: `failed in ${from}: ${health.reason}`,
        who: `whoever fixes it in ${from}, or ${describeAllow(settings.override)} by /override`,
      };
    case "progressing":
      return { state: "waiting", reason: `not healthy in ${from} yet: ${health.reason}` };
    case "unknown":
      return {
        state: "waiting",
        reason: `not known to be healthy in ${from}: ${health.reason}`,
        ...(health.setUp !== undefined && { who: health.setUp }),
      };
    default:
      return health satisfies never;
  }
}

function wasHealthy(from: string, health: Extract<TargetFacts["health"], { state: "healthy" }>): string {
  const { since, until, next, source } = health;
  if (until === undefined) return `healthy in ${from} since ${past(since)} (${source})`;
  return `was healthy in ${from} from ${past(since)} until ${next} came (${source})`;
}
