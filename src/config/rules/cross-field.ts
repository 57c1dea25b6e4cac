import type { Remark } from "../../model/problem.ts";
import { dependencyRules } from "./dependencies.ts";
import { environmentRules } from "./environments.ts";
import { imageRules } from "./images.ts";
import { parseLeniently } from "./lenient-parse.ts";
import { promotionRules } from "./promotion.ts";

const rules = [...environmentRules, ...promotionRules, ...dependencyRules, ...imageRules];

/** What is wrong or doubtful between keys that are each valid alone. Works on configurations with other errors too. */
export function crossFieldRemarks(value: unknown): readonly Remark[] {
  const config = parseLeniently(value);
  return rules.flatMap((rule) => rule(config));
}
