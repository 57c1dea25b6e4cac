import { Fault } from "../../model/errors.ts";
import type { StrategyFunction } from "./strategy.ts";

export const planImages: StrategyFunction = () => {
  throw new Fault("bug", "not yet");
};
