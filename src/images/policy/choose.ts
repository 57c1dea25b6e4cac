import type { Decision, FactsOf, PolicyInput, PolicyLimits } from "./types.ts";

/** Decides which tag an image gets and which targets move to it, asking for no more facts than it needs. Nothing of a target ever goes backwards by the policy's own order. */
export declare function choose(input: PolicyInput, factsOf: FactsOf, limits?: Partial<PolicyLimits>): Promise<Decision>;
