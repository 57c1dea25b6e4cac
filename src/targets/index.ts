export { comparePlans } from "./compare-plans.ts";
export { matchesGlob } from "./patterns.ts";
export { configFile, configured, isUnconfigured, type ResolvedTargets, resolveTargets } from "./resolve.ts";
