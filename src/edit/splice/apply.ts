import { UserError } from "../../model/errors.ts";
import { appendSplices } from "./append.ts";
import { fillSplices } from "./fill.ts";
import { type DocumentPlan, gather } from "./gather.ts";
import { lineEdits } from "./line-edits.ts";
import { parseYaml } from "./parse.ts";
import { proves } from "./prove.ts";
import { refused } from "./refuse.ts";
import { removeSplices } from "./remove.ts";
import { setSplices } from "./set.ts";
import { ordered, type Splice, spliced } from "./splice.ts";
import { styleOf } from "./style.ts";
import type { EditedText, YamlEdit, YamlText } from "./types.ts";

/** Line breaks for some YAML readers and not for others: what follows them is read in two ways. */
const doubtfulBreak = /\r(?!\n)|[\u0085\u2028\u2029]/;

/**
 * Applies edits and keeps every byte that they do not own. The result is parsed again and proven: each path has exactly the wanted value, and nothing else in any document changed. What
 * cannot be done so is a `refused` UserError with its place and the fix: an alias, an anchor with other users, a merge key, an encrypted value, a template, a key that stands twice. Edits that
 * change nothing give the same bytes and no lines.
 */
export function applyEdits(path: string, bytes: Uint8Array, edits: readonly YamlEdit[]): EditedText {
  const before = parseYaml(path, bytes);
  const doubtful = before.text.search(doubtfulBreak);
  if (doubtful >= 0) {
    const message = "a character there ends the line for some YAML readers and not for others";
    throw refused(before, doubtful, message, "Take it out.");
  }
  const plans = gather(before, edits);
  const wanted = plans.flatMap((plan) => (plan === undefined ? [] : splicesOf(before, plan)));
  const splices = ordered(wanted);
  if (splices === undefined) throw impossible(before, wanted);
  if (splices.length === 0) return { bytes, lines: [] };
  const text = spliced(before.text, splices);
  const edited = new TextEncoder().encode(before.marked ? `\uFEFF${text}` : text);
  if (!proves(before, plans, parseAgain(before, edited, wanted))) throw impossible(before, wanted);
  return { bytes: edited, lines: lineEdits(path, before.text, before.lines, splices) };
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

function parseAgain(before: YamlText, edited: Uint8Array, splices: readonly Splice[]): YamlText {
  try {
    return parseYaml(before.path, edited);
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
