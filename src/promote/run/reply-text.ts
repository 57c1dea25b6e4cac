import { shortMove } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { PromotionPlan, TargetPromotion, VersionChange } from "../../model/promotion.ts";
import { orderOfChange } from "../carried.ts";
import type { LeftApp } from "../resolve.ts";
import type { PromotionResult } from "./open.ts";

/** What became of a promotion, for a reply. Where nothing could be planned, that is a `refused` UserError. */
export function describeResult(result: PromotionResult, environment: string, left: readonly LeftApp[] = []): string {
  const { plan, pull, how } = result;
  if (pull === undefined) return nothing(plan, environment);
  const verb = { opened: "opened", updated: "updated in place", same: "is open already:" }[how ?? "same"];
  const about = how === "same" ? `#${pull.number} ${verb}` : `${verb} #${pull.number}:`;
  return `${about} ${planned(plan)}${others(plan, left)}`;
}

/** A plan for people, with the edits: what `--dry-run` shows. */
export function describePlan(
  plan: PromotionPlan,
  { left = [], isOpen = false }: { readonly left?: readonly LeftApp[]; readonly isOpen?: boolean } = {},
): string {
  const lines = plan.targets.slice(0, 60).flatMap((target) => [planLine(target), ...editLines(target)]);
  const more = plan.targets.length > 60 ? [`- … and ${plan.targets.length - 60} more`] : [];
  const missing = left.map(({ app, why }) => `- ${code(app)}: left out: ${inert(why)}`);
  const without = isOpen
    ? ` It takes what ${code(plan.from)} has on the base branch now; this pull request is not merged, so its changes are not in it.`
    : "";
  return [
    `nothing is done. This is the plan from ${code(plan.from)} to ${code(plan.to)} at ${code(plan.commit.slice(0, 7))}.${without}`,
    "",
    ...lines,
    ...more,
    ...missing,
  ].join("\n");
}

/** A refusal with its fix, on one line. */
export function refusal({ message, fix }: UserError): string {
  return `👎 ${inert(message)}${fix === undefined ? "" : `. ${inert(fix)}`}`;
}

function planned({ targets, from, to }: PromotionPlan): string {
  const carried = targets.filter(({ outcome }) => outcome === "planned");
  const shown = carried.slice(0, 5).map(({ app, images }) => {
    const [first, ...more] = images;
    return first === undefined
      ? code(app)
      : `${code(app)} ${moveText(first, from !== to)}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  });
  const count = carried.length > 2 ? `${carried.length} apps: ` : "";
  return `${count}${shown.join(", ")}${carried.length > 5 ? ` and ${carried.length - 5} more apps` : ""}`;
}

/** What is not carried, and why. */
function others({ targets }: PromotionPlan, left: readonly LeftApp[]): string {
  const refused = [
    ...targets.flatMap((target) =>
      target.outcome === "refused" ? [`${code(target.app)}: ${inert(target.reason)}${fixText(target.fix)}`] : [],
    ),
    ...left.map(({ app, why, fix }) => `${code(app)}: ${inert(why)}${fixText(fix)}`),
  ];
  const already = targets.filter(({ outcome }) => outcome === "already").map(({ app }) => code(app));
  const parts = [
    ...(already.length > 0 ? [`Up to date already: ${list(already)}`] : []),
    ...(refused.length > 0 ? [`Not carried: ${list(refused)}`] : []),
  ];
  return parts.length === 0 ? "" : `. ${parts.join(". ")}`;
}

function nothing(plan: PromotionPlan, environment: string): string {
  const [refused, ...more] = plan.targets.filter((target) => target.outcome === "refused");
  if (refused === undefined)
    return plan.targets.length === 0
      ? "there is nothing to promote"
      : `there is nothing to promote: ${code(environment)} has these versions already`;
  const others = more.map(({ app, reason }) => `; ${app}: ${reason}`).slice(0, 4);
  const { fix } = refused;
  throw new UserError(
    "refused",
    `${refused.app}: ${refused.reason}${others.join("")}`,
    fix === undefined ? {} : { fix },
  );
}

function fixText(fix: string | undefined): string {
  return fix === undefined ? "" : `. ${inert(fix.replace(/\.$/, ""))}`;
}

/** `1.9.0 → 1.5.0`, with a word where that goes back and nobody asked for a rollback. */
function moveText(change: VersionChange, saysOlder: boolean): string {
  return `${code(shortMove(change))}${saysOlder && orderOfChange(change) === "older" ? " ⬇️ older" : ""}`;
}

function list(parts: readonly string[]): string {
  return `${parts.slice(0, 5).join(", ")}${parts.length > 5 ? ` and ${parts.length - 5} more` : ""}`;
}

function planLine(target: TargetPromotion): string {
  switch (target.outcome) {
    case "planned":
      return `- ${code(target.app)}: ${target.images.map((change) => `${code(change.image)} ${moveText(change, true)}`).join(", ") || "files"}`;
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
