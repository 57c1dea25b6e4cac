export { type PlanDifference, planDifference } from "./difference.ts";
export { type ParsedConfig, parseConfig } from "./parse.ts";
export type { TargetPlan } from "./plan.ts";
export type { ConfigProblem } from "./problem.ts";
export { proposeConfig } from "./propose.ts";
export { type ResolvedTargets, resolveTargets } from "./resolve.ts";
export type { Config, IgnoreRule } from "./schema.ts";
