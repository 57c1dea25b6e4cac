import { shortMove, shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { LineEdit, PromotionPlan, TargetPromotion } from "../../model/promotion.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { fenced } from "../../model/text/markdown.ts";
import { notDoneText } from "../../model/text/not-done.ts";
import type { LeftApp } from "../resolve.ts";
import { olderMark, onlyMove } from "../text/versions.ts";
import type { PromotionResult } from "./open.ts";

type Planned = Extract<TargetPromotion, { outcome: "planned" }>;

/** What the only app has already, and since when by which pull request: `29 Nov, 23:21 UTC`. */
export interface PresentVersion {
  readonly version: string;
  readonly since: { readonly at: string; readonly pullRequest: number | undefined } | undefined;
}

/** What became of a promotion, for a reply. Where nothing could be planned, that is a `refused` UserError. */
export function describeResult(
  result: PromotionResult,
  left: readonly LeftApp[] = [],
  present?: PresentVersion | undefined,
): string {
  const { plan, pull, how = "same" } = result;
  if (pull === undefined) return nothing(plan, present);
  const planned = plan.targets.filter((target) => target.outcome === "planned");
  const missing = notIncluded(plan, left);
  const lead = { opened: "Opened", updated: "Updated", same: "" }[how];
  const first = lead === "" ? `**#${pull.number} is open already` : `✅ **${lead} #${pull.number}`;
  const done =
    missing.length === 0
      ? `${first}:** ${getsText(plan, planned, how === "updated" ? result.before : undefined)}.`
      : `${first}** with ${planned.length} of ${count(planned.length + missing.length, "app")}: ${movesText(planned, plan)}.`;
  return [`${done}${fellText(result)}`, ...missing].join("\n\n");
}

/** ` The approval of grace no longer counts.` */
function fellText({ dismissed = [] }: PromotionResult): string {
  if (dismissed.length === 0) return "";
  const [what, count] = dismissed.length === 1 ? ["approval", "counts"] : ["approvals", "count"];
  return ` The ${what} of ${sentenceList(dismissed.map((user) => code(user)))} no longer ${count}.`;
}

/** `prod gets webapp 1.5.0 in place of 1.4.0`, `… now, no longer 1.4.0`; of several apps the moves. */
function getsText(
  plan: PromotionPlan,
  planned: readonly Planned[],
  before: PromotionResult["before"] | undefined,
): string {
  const isRollback = plan.from === plan.to;
  const verb = isRollback ? "goes back to" : "gets";
  const [only, ...more] = planned;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  const where = inert(plan.to);
  if (only === undefined || move === undefined)
    return `${where} ${verb} ${isRollback ? "earlier" : "new"} versions of ${count(planned.length, "app")}: ${movesText(planned, plan)}`;
  const older = isRollback ? "" : olderMark(only.images);
  const was = before?.targets.length === 1 ? onlyMove(before.targets[0]?.images ?? []) : undefined;
  if (was !== undefined && was.to !== move.to)
    return `${where} ${verb} ${inert(only.app)} ${inert(move.to)} now, no longer ${inert(was.to)}${older}`;
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
function notIncluded(plan: PromotionPlan, left: readonly LeftApp[]): readonly string[] {
  const { targets } = plan;
  const refused = targets.flatMap((target) =>
    target.outcome === "refused" ? [leftOut(target.app, target.reason, target.fix)] : [],
  );
  const missing = left.map(({ app, why, fix }) =>
    leftOut(app, why, fix?.endsWith("by hand") === true ? `${fix}, then \`${commandFor(plan, app)}\`` : fix),
  );
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

/** The command that asks for this one app. */
function commandFor({ from, to }: PromotionPlan, app: string): string {
  return `/${from === to ? "rollback" : "promote"} ${to} ${app}`;
}

function nothing(plan: PromotionPlan, present: PresentVersion | undefined): string {
  const refused = plan.targets.filter((target) => target.outcome === "refused");
  if (refused.length > 0) throw refusedPlan(plan, refused);
  const apps = sentenceList(plan.targets.map(({ app }) => inert(app)));
  if (present !== undefined && present.version !== "") {
    const how = present.since?.pullRequest === undefined ? "" : ` (#${present.since.pullRequest})`;
    const since = present.since === undefined ? "" : `, since ${present.since.at}${how}`;
    return `**Nothing to promote:** ${inert(plan.to)} has ${apps} ${inert(present.version)} already${since}.`;
  }
  return apps === ""
    ? "**Nothing to promote.**"
    : `**Nothing to promote:** ${inert(plan.to)} has these versions of ${apps} already.`;
}

/** Nothing could be planned: of one app why, of several each with its reason. */
function refusedPlan(
  plan: PromotionPlan,
  refused: readonly Extract<TargetPromotion, { outcome: "refused" }>[],
): UserError {
  const [first, ...more] = refused.slice(0, 4);
  const apps = sentenceList(refused.map(({ app }) => app));
  const isRollback = plan.from === plan.to;
  const fields = {
    subject: `${apps} ${isRollback ? "in" : "to"} ${plan.to}`,
    ...(more.length === 0 && first !== undefined ? { again: commandFor(plan, first.app) } : {}),
  };
  const message =
    more.length === 0 ? (first?.reason ?? "") : [first, ...more].map((one) => `${one?.app}: ${one?.reason}`).join("; ");
  return new UserError("refused", message, { fields, ...(first?.fix === undefined ? {} : { fix: first.fix }) });
}

const maxRows = 60;

/** A plan for people, with the edits: what `--dry-run` shows. */
export function describePlan(
  plan: PromotionPlan,
  about: {
    readonly command: string;
    /** The branch that the promotion is planned on. */
    readonly base: string;
    readonly left?: readonly LeftApp[];
    readonly isOpen?: boolean;
  },
): string {
  const { command, base, left = [], isOpen = false } = about;
  const planned = plan.targets.filter((target) => target.outcome === "planned");
  const would = planned.length === 0 ? "would open no pull request." : "would open one pull request:";
  const without = `It takes what ${inert(plan.from)} has on ${inert(base)} now; this pull request is not merged, so its changes are not included.`;
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

/** What a person asked for before the merge, and cannot get: the reason, and the fix. */
export function refusedLater({ message, fix, fields }: UserError, by: string): string {
  const { subject, again } = fields;
  const text = notDoneText({
    ...{ verdict: "Not promoted", why: message, fix },
    ...(typeof subject === "string" ? { subject } : {}),
    ...(typeof again === "string" ? { again } : {}),
  });
  return askedBefore(text, by);
}

/** A text about what a person asked for before the merge; the command is not shown beside it. */
export function askedBefore(text: string, by: string): string {
  return `${text}\n\n<sub>Asked for by ${code(by)} before the merge</sub>`;
}

/** What is said where a promotion waits for the merge. `apps` are those that it is about. */
export function waitingText(
  {
    environment,
    from,
    apps,
    healthy,
  }: {
    readonly environment: string;
    readonly from: string;
    readonly apps: readonly string[];
    /** It waits for their health too. */
    readonly healthy: boolean;
  },
  setUp: string | undefined,
): string {
  const [is, names] = [apps.length === 1 ? "is" : "are", inert(sentenceList(apps, 5))];
  const until = healthy ? ` and ${names} ${is} healthy in ${inert(from)}` : "";
  const first = `⏳ **Waiting:** when this pull request is merged${until}, the promotion to ${inert(environment)} opens by itself. Closing this pull request cancels that.`;
  return setUp === undefined ? first : `${first}\n\n**Next:** ${inert(setUp)}.`;
}
