export { choose } from "./choose.ts";
export { lackingPlatforms } from "./facts.ts";
export type {
  CurrentVersion,
  Decision,
  PolicyInput,
  PolicyLimits,
  Version,
} from "./types.ts";
