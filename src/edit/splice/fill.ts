import { isMap } from "yaml";
import { isJsonObject, type Json } from "../../model/json.ts";
import { columnOf, isEmpty, slotEnd } from "./extent.ts";
import { insertedJson } from "./inserted-value.ts";
import { blockLines, flowText, isInline } from "./json-text.ts";
import type { Slot } from "./locate.ts";
import type { Filling } from "./plan-edits.ts";
import { fillScalar } from "./set.ts";
import type { Splice } from "./splice.ts";
import { lineEnd, newlineAt, type Style } from "./style.ts";
import { surroundings } from "./surroundings.ts";
import type { YamlText } from "./types.ts";

/** The splices that give a null, or an empty document, a value. */
export function fillSplices(yaml: YamlText, { located, path, value }: Filling, style: Style): readonly Splice[] {
  const { slot, slots } = located;
  const json = insertedJson(value);
  const where = surroundings(yaml, slots);
  if (slot.container === undefined && !where.flow) return fillDocument(yaml, slot, blockLines(json, style));
  if (where.flow || isInline(json)) {
    return fillScalar(yaml, slot, path, flowText(json, { json: where.json, spaced: true }, where));
  }
  if (isMap(slot.container)) return fillBelow(yaml, slot, slots.length, json, style);
  const column = slot.container === undefined ? 0 : columnOf(slot.container);
  return fillScalar(yaml, slot, path, joined(yaml, slot, blockLines(json, style), column + 2));
}

/** Lines, the first of which continues the line that is there. */
function joined(yaml: YamlText, slot: Slot, lines: readonly string[], column: number): string {
  return lines.join(newlineAt(yaml, slot.node?.range[0] ?? 0) + " ".repeat(column));
}

/** A collection below its key; a `null` or `~` after the key is removed. */
function fillBelow(yaml: YamlText, slot: Slot, depth: number, json: Json, style: Style): readonly Splice[] {
  const { container, index, node } = slot;
  if (container === undefined || node === null) return [];
  const from = slotEnd(container, index);
  const removal = isEmpty(node) ? [] : [{ start: from, end: node.range[1], text: "", depth }];
  const step = isJsonObject(json) ? style.unit : style.dash;
  const indent = " ".repeat(columnOf(container) + step);
  const at = lineEnd(yaml, isEmpty(node) ? from : node.range[1]);
  const newline = newlineAt(yaml, at);
  const text = blockLines(json, style).map((line) => newline + indent + line);
  return [...removal, { start: at, end: at, text: text.join(""), depth }];
}

/** The lines of an empty document: after its `---`, or at the end of a file without one. */
function fillDocument(yaml: YamlText, { node }: Slot, lines: readonly string[]): readonly Splice[] {
  const { text } = yaml;
  const [start, end] = node?.range ?? [text.length, text.length];
  const removal = start === end ? [] : [{ start, end, text: "", depth: 0 }];
  const at = node === null ? text.length : lineEnd(yaml, end);
  const newline = newlineAt(yaml, at);
  const fresh = at === 0 || (node === null && text.endsWith("\n"));
  const put = fresh ? lines.map((line) => line + newline) : lines.map((line) => newline + line);
  return [...removal, { start: at, end: at, text: put.join(""), depth: 0 }];
}
