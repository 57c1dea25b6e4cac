export { choose } from "./choose.ts";
export type {
  CurrentVersion,
  Decision,
  FactsOf,
  PolicyInput,
  PolicyLimits,
  TargetDecision,
  Version,
} from "./types.ts";
