import type { Strategy } from "../../model/promotion.ts";
import { planDirectory } from "./directory.ts";
import { planImages } from "./images.ts";
import { planPaths } from "./paths.ts";
import type { StrategyFunction } from "./strategy.ts";

const strategies: Readonly<Record<Strategy, StrategyFunction>> = {
  images: planImages,
  paths: planPaths,
  directory: planDirectory,
};

/** How a version is carried by this strategy. */
export function strategyOf(strategy: Strategy): StrategyFunction {
  return strategies[strategy];
}
