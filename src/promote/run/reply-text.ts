import { shortMove } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import type { UserError } from "../../model/errors.ts";
import type { PromotionPlan, TargetPromotion } from "../../model/promotion.ts";
import type { PromotionResult } from "./open.ts";

/** What became of a promotion, for a reply. */
export function describeResult(result: PromotionResult, environment: string): string {
  const { plan, pull, how } = result;
  if (pull === undefined) return nothing(plan, environment);
  const verb = { opened: "opened", updated: "updated in place", same: "is open already:" }[how ?? "same"];
  const about = how === "same" ? `#${pull.number} ${verb}` : `${verb} #${pull.number}:`;
  return `${about} ${planned(plan)}${others(plan)}`;
}

/** A plan for people, with the edits: what `--dry-run` shows. */
export function describePlan(plan: PromotionPlan): string {
  const lines = plan.targets.slice(0, 60).flatMap((target) => [planLine(target), ...editLines(target)]);
  const more = plan.targets.length > 60 ? [`- … and ${plan.targets.length - 60} more`] : [];
  return [
    `nothing is done. This is the plan from ${code(plan.from)} to ${code(plan.to)} at ${code(plan.commit.slice(0, 7))}:`,
    "",
    ...lines,
    ...more,
  ].join("\n");
}

/** A refusal with its fix, on one line. */
export function refusal({ message, fix }: UserError): string {
  return `👎 ${inert(message)}${fix === undefined ? "" : `. ${inert(fix)}`}`;
}

function planned({ targets }: PromotionPlan): string {
  const carried = targets.filter(({ outcome }) => outcome === "planned");
  const shown = carried.slice(0, 5).map(({ app, images }) => {
    const [first, ...more] = images;
    return first === undefined
      ? code(app)
      : `${code(app)} ${code(shortMove(first))}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  });
  return `${shown.join(", ")}${carried.length > 5 ? ` and ${carried.length - 5} more apps` : ""}`;
}

/** What is not carried, and why. */
function others({ targets }: PromotionPlan): string {
  const refused = targets.flatMap((target) =>
    target.outcome === "refused" ? [`${code(target.app)}: ${inert(target.reason)}`] : [],
  );
  const already = targets.filter(({ outcome }) => outcome === "already").map(({ app }) => code(app));
  const parts = [
    ...(already.length > 0 ? [`up to date already: ${list(already)}`] : []),
    ...(refused.length > 0 ? [`not carried: ${list(refused)}`] : []),
  ];
  return parts.length === 0 ? "" : `. ${parts.join(". ")}`;
}

function nothing(plan: PromotionPlan, environment: string): string {
  const refused = plan.targets.filter(({ outcome }) => outcome === "refused");
  if (plan.targets.length === 0) return "there is nothing to carry";
  if (refused.length === 0) return `there is nothing to carry: ${code(environment)} has these versions already`;
  return `there is nothing to carry${others(plan)}`;
}

function list(parts: readonly string[]): string {
  return `${parts.slice(0, 5).join(", ")}${parts.length > 5 ? ` and ${parts.length - 5} more` : ""}`;
}

function planLine(target: TargetPromotion): string {
  switch (target.outcome) {
    case "planned":
      return `- ${code(target.app)}: ${target.images.map((change) => `${code(change.image)} ${code(shortMove(change))}`).join(", ") || "files"}`;
    case "already":
      return `- ${code(target.app)}: up to date already`;
    case "refused":
      return `- ${code(target.app)}: refused: ${inert(target.reason)}`;
    default:
      return target satisfies never;
  }
}

function editLines({ edits, outcome }: TargetPromotion): readonly string[] {
  if (outcome !== "planned") return [];
  const shown = edits.slice(0, 4).map(({ file, line, before, after }) => {
    const from = before === "" ? "" : `${code(before.trim())} → `;
    return `  - ${code(`${file}:${line}`)}: ${from}${after === "" ? "taken out" : code(after.trim())}`;
  });
  return edits.length > 4 ? [...shown, `  - … and ${edits.length - 4} more lines`] : shown;
}
