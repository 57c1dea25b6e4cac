import type { Remark } from "../../model/problem.ts";
import { dependencyRules } from "./dependencies.ts";
import { environmentRules } from "./environments.ts";
import { imageRules } from "./images.ts";
import { parseLeniently } from "./lenient-parse.ts";
import { promotionRules } from "./promotion.ts";
import { rollbackRules } from "./rollback.ts";

const rules = [...environmentRules, ...promotionRules, ...dependencyRules, ...imageRules, ...rollbackRules];

/** What is wrong or doubtful between keys that are each valid alone. Works on configurations with other errors too. */
export function crossFieldRemarks(value: unknown): readonly Remark[] {
  const config = parseLeniently(value);
  return rules.flatMap((rule) => rule(config));
}
