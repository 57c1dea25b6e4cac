export { choose } from "./choose.ts";
export { lackingPlatforms } from "./facts.ts";
export { variantDecisions } from "./kept-back.ts";
export type {
  CurrentVersion,
  Decision,
  PolicyInput,
  TargetDecision,
  Version,
} from "./types.ts";
