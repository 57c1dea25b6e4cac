import { UserError } from "../../model/errors.ts";
import type { LineEdit } from "../../model/promotion.ts";
import { appendSplices } from "./append.ts";
import { fillSplices } from "./fill.ts";
import { lineEdits } from "./line-edits.ts";
import { encoded, parseSource, sourceOf } from "./parse.ts";
import { type DocumentPlan, planEdits } from "./plan-edits.ts";
import { proves } from "./prove.ts";
import { refused } from "./refuse.ts";
import { removeSplices } from "./remove.ts";
import { setSplices } from "./set.ts";
import { ordered, type Splice, spliced } from "./splice.ts";
import { styleOf } from "./style.ts";
import type { PlainEdit, YamlText } from "./types.ts";

/** A text after edits, with the lines that they changed, in order. */
export interface EditedPart {
  readonly text: string;
  readonly lines: readonly LineEdit[];
}

/**
 * Applies edits to a text that was parsed with its tokens, and proves the result by parsing it again; see `applyEdits`.
 */
export function editText(before: YamlText, edits: readonly PlainEdit[]): EditedPart {
  const plans = planEdits(before, edits);
  const wanted = plans.flatMap((plan) => (plan === undefined ? [] : splicesOf(before, plan)));
  const splices = ordered(wanted);
  if (splices === undefined) throw impossible(before, wanted);
  if (splices.length === 0) return { text: before.text, lines: [] };
  const text = spliced(before.text, splices);
  if (!proves(before, plans, parseAgain(before, text, wanted))) throw impossible(before, wanted);
  return { text, lines: lineEdits(before.path, before.text, before.lines, splices) };
}

function splicesOf(yaml: YamlText, plan: DocumentPlan): readonly Splice[] {
  const style = styleOf(plan.document.root);
  return [
    ...[...plan.settings.values()].flatMap(({ located, path, value }) => setSplices(yaml, located, path, value)),
    ...[...plan.fillings.values()].flatMap((filling) => fillSplices(yaml, filling, style)),
    ...[...plan.changes.values()].flatMap((change) => [
      ...removeSplices(yaml, change),
      ...appendSplices(yaml, change, style),
    ]),
  ];
}

/** Goes through bytes, so that text that is not valid Unicode is noticed. */
function parseAgain(before: YamlText, text: string, splices: readonly Splice[]): YamlText {
  try {
    return parseSource(sourceOf(before.path, encoded(text, before.marked)), { tokens: false });
  } catch (error) {
    if (error instanceof UserError) throw impossible(before, splices, error);
    throw error;
  }
}

function impossible(yaml: YamlText, splices: readonly Splice[], cause?: UserError): UserError {
  const start = Math.min(...splices.map((splice) => splice.start));
  const message = "the change cannot be written there without changing something else";
  return refused(yaml, start, message, "Make the change by hand.", cause);
}
