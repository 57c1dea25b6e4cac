import type { EntryDecision } from "../../images/entry-decision.ts";
import type { Version } from "../../images/policy/index.ts";
import type { ImageEntry } from "../../images/units.ts";
import { UserError } from "../../model/errors.ts";
import type { TagVerdict } from "../../model/images.ts";
import type { TargetPromotion } from "../../model/promotion.ts";
import type { Target } from "../../model/target.ts";
import { count } from "../../model/text/lists.ts";
import type { CheckedEntry } from "../images/check-entry.ts";
import { oneLine, type Style, style } from "../style.ts";
import { targetJson, targetLines } from "./change.ts";
import { shortSha } from "./values.ts";

/** How a check is shown. `verbose`: with a reason for each tag. */
export interface CheckTextOptions {
  readonly colours: boolean;
  readonly verbose: boolean;
}

type Decided = Extract<CheckedEntry, { readonly decided: EntryDecision }>;

/** A check as data: the keys that programs may rely on. */
export function checkJson(commit: string, checked: readonly CheckedEntry[]) {
  return { commit, images: checked.map((one) => ("failure" in one ? failedJson(one) : decidedJson(one))) };
}

function failedJson({ entry, failure }: Exclude<CheckedEntry, Decided>) {
  return { ...aboutEntry(entry), outcome: "failed", error: failure.message, ...fixOf(failure) };
}

function decidedJson({ entry, decided, bumps }: Decided) {
  const { chosen, summary, skipped, waitUntil, verdicts } = decided.decision;
  return {
    ...aboutEntry(entry),
    outcome: bumps.some(({ outcome }) => outcome !== "already") ? "bump" : "nothing",
    summary,
    ...(chosen !== undefined && { tag: chosen.tag, digest: chosen.facts.digest }),
    ...(waitUntil !== undefined && { waitUntil: new Date(waitUntil).toISOString() }),
    skipped,
    targets: [
      ...decided.targets.map(({ target }) => {
        const bump = bumpOf(target, bumps);
        const json = bump === undefined ? unchangedJson(target) : targetJson(bump);
        return { ...json, versions: versionsOf(target, decided) };
      }),
      ...decided.left.map(({ target, why }) => ({ ...unchangedJson(target), outcome: "refused", reason: why })),
    ],
    tags: verdicts.map(({ tag, outcome, reason }) => ({ tag, outcome, reason })),
  };
}

function aboutEntry({ image, policy, environments, apps, pin }: ImageEntry) {
  return { image, policy, environments, ...(apps !== undefined && { apps }), pin };
}

function fixOf(failure: Error): { readonly fix?: string } {
  return failure instanceof UserError && failure.fix !== undefined ? { fix: failure.fix } : {};
}

function unchangedJson({ app, environment, render }: Target) {
  return { app, environment, path: render.path, outcome: "unchanged", images: [], edits: [] };
}

/** What a target has, each with what becomes of it. */
function versionsOf({ id }: Target, { decision }: EntryDecision) {
  return decision.targets
    .filter(({ target }) => target === id)
    .map(({ from: { tag, digest }, moves, reason }) => ({ tag, digest, moves, reason }));
}

/** Nothing of a target that needs no edit. */
function bumpOf({ app, environment }: Target, bumps: readonly TargetPromotion[]): TargetPromotion | undefined {
  return bumps.find((bump) => bump.app === app && bump.environment === environment && bump.outcome !== "already");
}

/** A check for a terminal: each entry with what was decided, its targets and their edits. */
export function checkText(commit: string, checked: readonly CheckedEntry[], options: CheckTextOptions): string {
  const paint = style(options.colours);
  const blocks = [
    [`${paint.bold("Images")} ${paint.dim("of")} ${shortSha(commit)}`],
    ...checked.map((one) => [
      headingOf(one.entry, paint),
      ...("failure" in one ? failureLines(one.failure, paint) : decidedLines(one, options, paint)),
    ]),
    [endingOf(checked, paint)],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function headingOf({ image, environments, apps, policy }: ImageEntry, paint: Style): string {
  const where = `${environments.join(", ")}${apps === undefined ? "" : ` for ${apps.join(", ")}`}`;
  const rules = Object.entries(policy).map(([name, value]) => `${name} ${[value].flat().join(" ")}`);
  return `${paint.bold(oneLine(image))} → ${oneLine(where)} ${paint.dim(oneLine(`(${rules.join(", ")})`))}`;
}

function failureLines(failure: Error, paint: Style): readonly string[] {
  const { fix } = fixOf(failure);
  return [
    `  ${paint.red("✖")} ${oneLine(failure.message)}`,
    ...(fix === undefined ? [] : [`    ${paint.dim("fix")} ${oneLine(fix)}`]),
  ];
}

function decidedLines(one: Decided, { verbose }: CheckTextOptions, paint: Style): readonly string[] {
  const { decided, bumps } = one;
  const { decision, targets, left } = decided;
  const lines = [
    oneLine(decision.summary),
    ...(decision.skipped.length > 0 ? [paint.dim(`skipped ${oneLine(decision.skipped.join(", "))}`)] : []),
    ...targets.flatMap(({ target }) => {
      const bump = bumpOf(target, bumps);
      return bump === undefined ? unchangedLines(target, decided, paint) : targetLines(bump, paint);
    }),
    ...left.flatMap(({ target, why }) => [
      `${nameOf(target, paint)} ${paint.red("refused")}`,
      `  ${paint.red("✖")} ${oneLine(why)}`,
    ]),
    ...(verbose ? ["tags", ...decision.verdicts.map((verdict) => `  ${verdictText(verdict, paint)}`)] : []),
  ];
  return lines.map((line) => `  ${line}`);
}

function unchangedLines(target: Target, decided: EntryDecision, paint: Style): readonly string[] {
  return [
    `${nameOf(target, paint)} ${paint.green("unchanged")}`,
    ...versionsOf(target, decided).map((version) => `  ${versionText(version)}: ${oneLine(version.reason)}`),
  ];
}

function nameOf({ app, environment, render }: Target, paint: Style): string {
  const place = paint.dim(`(${oneLine(render.path === "" ? "." : render.path)})`);
  return `${paint.bold(oneLine(`${app}/${environment}`))} ${place}`;
}

function versionText({ tag, digest }: Version): string {
  return oneLine([tag, digest].filter((part) => part !== "").join("@") || "(no tag)");
}

function verdictText({ tag, outcome, reason }: TagVerdict, paint: Style): string {
  const text = oneLine(reason.includes(tag) ? reason : `${tag}: ${reason}`);
  switch (outcome) {
    case "chosen":
      return `${paint.green("✔")} ${paint.green(text)}`;
    case "current":
      return `${paint.blue("·")} ${text}`;
    case "not-chosen":
      return `${paint.dim("✖")} ${text}`;
    default:
      return outcome satisfies never;
  }
}

function endingOf(checked: readonly CheckedEntry[], paint: Style): string {
  if (checked.length === 0) return "The configuration lists no images.";
  const bumps = checked.flatMap((one) => ("bumps" in one ? one.bumps : []));
  const having = (outcome: TargetPromotion["outcome"]): number =>
    bumps.filter((target) => target.outcome === outcome).length;
  const left = checked.reduce((sum, one) => sum + ("decided" in one ? one.decided.left.length : 0), 0);
  const failed = checked.filter((one) => "failure" in one).length;
  const refused = having("refused") + left;
  return [
    count(checked.length, "image"),
    `${count(having("planned"), "target")} to bump`,
    ...(refused > 0 ? [paint.red(`${refused} refused`)] : []),
    ...(failed > 0 ? [paint.red(`${failed} failed`)] : []),
  ].join(", ");
}
