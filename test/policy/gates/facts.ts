import type { GateName, GateResult, GateSettings, PromotionFacts, TargetFacts } from "../../../src/model/gates.ts";
import type { Review } from "../../../src/model/github-repository.ts";
import { evaluateGates } from "../../../src/policy/gates/index.ts";

/** Friday 2026-11-20 12:00 UTC. */
export const noon = Date.parse("2026-11-20T12:00:00Z");
export const minutes = 60_000;

/** Settings with everything off but what is given. */
export function settings(given: Partial<GateSettings> = {}): GateSettings {
  return {
    approvals: 0,
    selfApproval: true,
    healthy: false,
    current: false,
    checks: [],
    findings: "none",
    windows: [],
    dependsOn: [],
    override: { permission: "maintain" },
    ...given,
  };
}

export function target(given: Partial<TargetFacts> = {}): TargetFacts {
  return {
    app: "web",
    environment: "prod",
    from: "staging",
    settings: settings(),
    health: { state: "unknown", reason: "there is no deployment" },
    checks: [],
    findings: [],
    dependsOn: [],
    ...given,
  };
}

export function facts(given: Partial<PromotionFacts> = {}): PromotionFacts {
  return { head: "abc", actor: "ada", reviews: [], overrides: [], targets: [target()], ...given };
}

let reviews = 0;

export function review(user: string, state: Review["state"], more: Partial<Review> = {}): Review {
  reviews += 1;
  return { id: reviews, user, bot: false, state, commit: "abc", at: new Date(noon + reviews).toISOString(), ...more };
}

/** What one gate says; it must be there. */
export function gate(name: GateName, of: PromotionFacts, now = noon): GateResult {
  const found = evaluateGates(of, now).results.find((result) => result.gate === name);
  if (found === undefined) throw new Error(`${name} is off`);
  return found;
}

/** Names of the gates that are shown. */
export function shown(of: PromotionFacts): readonly GateName[] {
  return evaluateGates(of, noon).results.map((result) => result.gate);
}
