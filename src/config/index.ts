export { type Configured, configFile, configured } from "./configured.ts";
export { planDifference } from "./difference.ts";
export { parseConfig } from "./parse.ts";
export type { TargetPlan } from "./plan.ts";
export type { ConfigProblem } from "./problem.ts";
export { resolveTargets } from "./resolve.ts";
export type { ScanMemo } from "./scan.ts";
export type { Config, IgnoreRule } from "./schema.ts";
export { type EnvironmentSettings, type HealthSource, settingsFor } from "./settings.ts";
