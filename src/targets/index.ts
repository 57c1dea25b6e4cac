export { comparePlans } from "./compare-plans.ts";
export { matchesGlob } from "./patterns.ts";
export { identityOnGitHub, type PlanReads, type RepositoryIdentity } from "./reads.ts";
export { configFile, configured, isUnconfigured, type ResolvedTargets, resolveTargets } from "./resolve.ts";
