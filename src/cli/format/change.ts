import type { LineEdit, TargetPromotion, VersionChange } from "../../model/promotion.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { harmless, oneLine, type Style } from "../style.ts";

/** How a change of targets is shown. `written`: the files that were written, `undefined` without --write. */
export interface ChangeTextOptions {
  readonly colours: boolean;
  readonly written: readonly string[] | undefined;
}

/** A target as data: the keys that programs may rely on. */
export function targetJson(target: TargetPromotion) {
  return {
    app: target.app,
    environment: target.environment,
    path: target.path,
    outcome: target.outcome,
    ...(target.outcome === "refused" && { reason: target.reason }),
    images: target.images.map(({ image, from, to }) => ({ image, from, to })),
    edits: target.edits.map(({ file, line, before, after }) => ({ file, line, before, after })),
  };
}

/** A target with its versions, its edits and its notes. */
export function targetLines(target: TargetPromotion, paint: Style): readonly string[] {
  const place = paint.dim(`(${oneLine(target.path === "" ? "." : target.path)})`);
  const name = paint.bold(oneLine(`${target.app}/${target.environment}`));
  return [
    `${name} ${place} ${outcomeText(target, paint)}`,
    ...(target.outcome === "refused" ? refusal(target, paint) : []),
    ...target.images.map((change) => `  ${versionText(change, paint)}`),
    ...editLines(target.edits, paint),
    ...target.notes.map((note) => `  ${paint.blue("ℹ")} ${oneLine(note)}`),
  ];
}

function outcomeText({ outcome }: TargetPromotion, paint: Style): string {
  switch (outcome) {
    case "planned":
      return paint.yellow("planned");
    case "already":
      return paint.green("already there");
    case "refused":
      return paint.red("refused");
    default:
      return outcome satisfies never;
  }
}

function refusal(
  { reason, fix }: Extract<TargetPromotion, { readonly outcome: "refused" }>,
  paint: Style,
): readonly string[] {
  return [
    `  ${paint.red("✖")} ${oneLine(reason)}`,
    ...(fix === undefined ? [] : [`    ${paint.dim("fix")} ${oneLine(fix)}`]),
  ];
}

function versionText({ image, from, to }: VersionChange, paint: Style): string {
  return `${oneLine(image)} ${from === "" ? paint.dim("(none)") : oneLine(from)} → ${paint.bold(to === "" ? "(none)" : oneLine(to))}`;
}

function editLines(edits: readonly LineEdit[], paint: Style): readonly string[] {
  return edits.flatMap(({ file, line, before, after }) => [
    paint.dim(`  ${oneLine(`${file}:${line}`)}`),
    ...(before === "" ? [] : [paint.red(`    - ${harmless(before)}`)]),
    ...(after === "" ? [] : [paint.green(`    + ${harmless(after)}`)]),
  ]);
}

/** The counts of outcomes, and what was written. */
export function changeEnding(
  targets: readonly TargetPromotion[],
  written: ChangeTextOptions["written"],
  paint: Style,
): readonly string[] {
  const having = (outcome: TargetPromotion["outcome"]): number =>
    targets.filter((target) => target.outcome === outcome).length;
  const some = (outcome: TargetPromotion["outcome"], words: string): readonly string[] =>
    having(outcome) === 0 ? [] : [`${thousands(having(outcome))} ${words}`];
  const parts = [
    ...some("planned", "planned"),
    ...some("already", "already there"),
    ...some("refused", "refused").map(paint.red),
  ];
  const done =
    written === undefined
      ? having("planned") > 0
        ? ["Nothing was written; --write edits the files."]
        : []
      : [`${count(written.length, "file")} written; nothing was committed.`];
  return [...(parts.length > 0 ? [parts.join(", ")] : []), ...done];
}
