export { planDifference } from "./compare-plans.ts";
export { configFile, configured, isUnconfigured } from "./configured.ts";
export { resolveTargets } from "./resolve.ts";
