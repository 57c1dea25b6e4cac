import type { PromotionPlan } from "../../model/promotion.ts";
import type { ComputedPromotion } from "../../promote/compute.ts";
import { oneLine, style } from "../style.ts";
import { type ChangeTextOptions, changeEnding, targetJson, targetLines } from "./change.ts";
import { shortSha } from "./values.ts";

/** A plan as data: the keys that programs may rely on. */
export function promotionJson({ from, to, commit, targets }: PromotionPlan) {
  return {
    from,
    to,
    commit,
    targets: targets.map(targetJson),
  };
}

/** A plan for a terminal: each target with its versions, its edits and its notes, then the counts. */
export function promotionText(
  { plan, unchanged }: Pick<ComputedPromotion, "plan" | "unchanged">,
  options: ChangeTextOptions,
): string {
  const paint = style(options.colours);
  const same = new Set(unchanged);
  const heading = `${paint.bold("Promotion")} ${oneLine(plan.from)} → ${oneLine(plan.to)} ${paint.dim("of")} ${shortSha(plan.commit)}`;
  const blocks = [
    [heading],
    ...plan.targets.map((target) => [
      ...targetLines(target, paint),
      ...(same.has(target.app) ? [paint.dim("  renders the same as before")] : []),
    ]),
    changeEnding(plan.targets, options.written, paint),
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}
