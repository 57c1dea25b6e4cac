export { comparePlans } from "./compare-plans.ts";
export { configFile, configured, isUnconfigured, resolveTargets } from "./resolve.ts";
