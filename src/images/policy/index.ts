export { choose } from "./choose.ts";
export type {
  CurrentVersion,
  Decision,
  PolicyInput,
  PolicyLimits,
  Version,
} from "./types.ts";
