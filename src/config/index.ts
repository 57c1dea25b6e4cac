export { planDifference } from "./difference.ts";
export { parseConfig } from "./parse.ts";
export type { TargetPlan } from "./plan.ts";
export type { ConfigProblem } from "./problem.ts";
export { resolveTargets } from "./resolve.ts";
export type { ScanMemo } from "./scan.ts";
export type { IgnoreRule } from "./schema.ts";
