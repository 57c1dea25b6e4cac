export { comparePlans } from "./compare-plans.ts";
export { matchesGlob } from "./patterns.ts";
export { planHolds } from "./plan-holds.ts";
export { identityOnGitHub, type PlanReads, type RepositoryIdentity } from "./reads.ts";
export { configFile, configured, isUnconfigured, type ResolvedTargets, resolveTargets } from "./resolve.ts";
