import { shortMove, shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { LineEdit, PromotionPlan, TargetPromotion } from "../../model/promotion.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { fenced } from "../../model/text/markdown.ts";
import type { LeftApp } from "../resolve.ts";
import { olderMark, onlyMove } from "../text/versions.ts";
import type { PromotionResult } from "./open.ts";

type Planned = Extract<TargetPromotion, { outcome: "planned" }>;

/** What became of a promotion, for a reply. Where nothing could be planned, that is a `refused` UserError. */
export function describeResult(result: PromotionResult, environment: string, left: readonly LeftApp[] = []): string {
  const { plan, pull, how } = result;
  if (pull === undefined) return nothing(plan, environment);
  const planned = plan.targets.filter((target) => target.outcome === "planned");
  const missing = notIncluded(plan, left);
  const asked = planned.length + missing.length;
  const first = {
    opened: `Opened #${pull.number}`,
    updated: `Updated #${pull.number}`,
    same: `#${pull.number} is open already`,
  };
  const lead = first[how ?? "same"];
  const sign = how === "opened" || how === "updated" ? "✅ " : "";
  const done =
    missing.length === 0
      ? `${sign}**${lead}:** ${getsText(plan, planned)}${how === "updated" ? " now" : ""}.`
      : `${sign}**${lead}** with ${planned.length} of ${count(asked, "app")}: ${movesText(planned, plan)}.`;
  return [done, ...missing].join("\n\n");
}

/** `prod gets webapp 1.5.0 in place of 1.4.0`; of several apps the moves. */
function getsText(plan: PromotionPlan, planned: readonly Planned[]): string {
  const isRollback = plan.from === plan.to;
  const verb = isRollback ? "goes back to" : "gets";
  const [only, ...more] = planned;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  const where = inert(plan.to);
  if (only === undefined || move === undefined)
    return `${where} ${verb} ${isRollback ? "earlier" : "new"} versions of ${count(planned.length, "app")}: ${movesText(planned, plan)}`;
  const older = isRollback ? "" : olderMark(only.images);
  const instead =
    move.from === "" ? ", new" : isRollback ? `, from ${inert(move.from)}` : ` in place of ${inert(move.from)}`;
  return `${where} ${verb} ${inert(only.app)} ${inert(move.to)}${instead}${older}`;
}

const maxApps = 5;

function movesText(planned: readonly Planned[], { from, to }: PromotionPlan): string {
  const moves = planned.map(({ app, images }) => {
    const move = onlyMove(images);
    const older = from === to ? "" : olderMark(images);
    if (images.length === 0) return inert(app);
    return `${inert(app)} ${move === undefined ? `${images.length} images` : inert(shortMove(move))}${older}`;
  });
  return moves.length > maxApps
    ? `${moves.slice(0, maxApps).join(", ")} and ${moves.length - maxApps} more`
    : moves.join(", ");
}

/** What was asked for and is left out, each with its way on. */
function notIncluded({ targets }: PromotionPlan, left: readonly LeftApp[]): readonly string[] {
  const refused = targets.flatMap((target) =>
    target.outcome === "refused" ? [leftOut(target.app, target.reason, target.fix)] : [],
  );
  const missing = left.map(({ app, why, fix }) => leftOut(app, why, fix));
  const already = targets.flatMap(({ app, outcome }) =>
    outcome === "already" ? [`**${inert(app)}** has these versions already.`] : [],
  );
  return [...refused, ...missing, ...already];
}

function leftOut(app: string, why: string, fix: string | undefined): string {
  return `❌ **Not included: ${inert(app)}.** ${sentence(why)}${fix === undefined ? "" : ` ${sentence(fix)}`}`;
}

function sentence(text: string): string {
  const said = inert(text.charAt(0).toUpperCase() + text.slice(1));
  return /[.?:]$/.test(said) ? said : `${said}.`;
}

function nothing(plan: PromotionPlan, environment: string): string {
  const [refused, ...more] = plan.targets.filter((target) => target.outcome === "refused");
  if (refused === undefined) {
    const apps = sentenceList(plan.targets.map(({ app }) => inert(app)));
    return apps === ""
      ? "**Nothing to promote.**"
      : `**Nothing to promote:** ${inert(environment)} has these versions of ${apps} already.`;
  }
  const others = more.map(({ app, reason }) => `; ${app}: ${reason}`).slice(0, 4);
  const { fix } = refused;
  throw new UserError(
    "refused",
    `${refused.app}: ${refused.reason}${others.join("")}`,
    fix === undefined ? {} : { fix },
  );
}

const maxRows = 60;

/** A plan for people, with the edits: what `--dry-run` shows. */
export function describePlan(
  plan: PromotionPlan,
  about: { readonly command: string; readonly left?: readonly LeftApp[]; readonly isOpen?: boolean },
): string {
  const { command, left = [], isOpen = false } = about;
  const planned = plan.targets.filter((target) => target.outcome === "planned");
  const would = planned.length === 0 ? "would open no pull request." : "would open one pull request:";
  const without = `It takes what ${inert(plan.from)} has on the base branch now; this pull request is not merged, so its changes are not included.`;
  return [
    `**Dry run, nothing was changed.** ${code(command)} ${would}`,
    ...(planned.length === 0 ? [] : [planTable(plan, planned)]),
    ...notIncluded(plan, left),
    ...diffText(planned.flatMap(({ edits }) => edits)),
    ...(isOpen ? [without] : []),
  ].join("\n\n");
}

function planTable({ from, to }: PromotionPlan, planned: readonly Planned[]): string {
  const where = inert(to);
  const rows = planned.flatMap(({ app, images }) => {
    if (images.length === 0) return [`| ${inert(app)} | files | see below |`];
    const move = onlyMove(images);
    const moves = move === undefined ? images : [{ image: "", ...move }];
    return moves.map((one) => {
      const name = move === undefined ? `${app} · ${one.image.slice(one.image.lastIndexOf("/") + 1)}` : app;
      const older = from === to ? "" : olderMark([{ ...one, image: one.image }]);
      return `| ${inert(name)} | ${one.from === "" ? "not yet" : code(shortVersion(one.from))} | ${code(shortVersion(one.to))}${older} |`;
    });
  });
  const more = rows.length - maxRows;
  return [
    `| App | ${where} has | ${where} gets |`,
    "|---|---|---|",
    ...rows.slice(0, maxRows),
    ...(more > 0 ? [`| and ${more} more | | |`] : []),
  ].join("\n");
}

const maxEdits = 100;

/** The changed lines as a diff, with a line for each file. */
function diffText(edits: readonly LineEdit[]): readonly string[] {
  if (edits.length === 0) return [];
  const shown = edits.slice(0, maxEdits);
  const lines = [...Map.groupBy(shown, ({ file }) => file)].flatMap(([file, own]) => [
    ` # ${file}`,
    ...own.flatMap(({ before, after }) => [
      ...(before === "" ? [] : [`-${before}`]),
      ...(after === "" ? [] : [`+${after}`]),
    ]),
  ]);
  const more = edits.length - shown.length;
  return [fenced("diff", lines.join("\n")), ...(more > 0 ? [`${count(more, "more line")} would change.`] : [])];
}

/** A refusal with its fix, on one line. */
export function refusal({ message, fix }: UserError): string {
  return `❌ **Not promoted:** ${sentence(message)}${fix === undefined ? "" : ` ${sentence(fix)}`}`;
}
