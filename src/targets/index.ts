export { comparePlans } from "./compare-plans.ts";
export { matchesGlob } from "./patterns.ts";
export { configFile, configured, isUnconfigured, resolveTargets } from "./resolve.ts";
