import { isMap, isSeq } from "yaml";
import type { Json } from "../../model/json.ts";
import { type Collection, columnOf, type Extent, extents } from "./extent.ts";
import { insertedJson } from "./inserted-value.ts";
import { entryLines, type FlowStyle, flowEntry, flowText, itemLines } from "./json-text.ts";
import type { Change } from "./plan-edits.ts";
import { refused } from "./refuse.ts";
import { onTheLine, type Splice } from "./splice.ts";
import { lineEnd, lineStart, newlineAt, type Style, startsLine } from "./style.ts";
import { isJsonFile, quoted, surroundings } from "./surroundings.ts";
import type { YamlText } from "./types.ts";

/** The splices that add to a collection after the last of its items that stays. */
export function appendSplices(yaml: YamlText, change: Change, style: Style): readonly Splice[] {
  const { collection, removed, located, added } = change;
  if (added.size === 0) return [];
  const all = extents(collection);
  const remaining = all.filter((_, index) => !removed.has(index));
  const last = remaining.at(-1);
  const additions = [...added].map(([key, inserted]): Addition => ({ key, value: insertedJson(inserted) }));
  if (collection.flow === true) return appendFlow(yaml, change, additions, all, last);
  if (last === undefined) {
    throw refused(yaml, collection, "one step cannot empty a collection and add to it", "Do it in two steps.");
  }
  return [appendBlock(yaml, collection, additions, last, style, located.slots.length)];
}

interface Addition {
  readonly key: string | number;
  readonly value: Json;
}

function appendBlock(
  yaml: YamlText,
  collection: Collection,
  additions: readonly Addition[],
  last: Extent,
  style: Style,
  depth: number,
): Splice {
  const indent = " ".repeat(columnOf(collection));
  const gap = isSeq(collection) ? gapOf(yaml, last) : 1;
  const lines = additions.flatMap(({ key, value }) =>
    isMap(collection) ? entryLines(String(key), value, style) : itemLines(value, style, gap),
  );
  const ended = yaml.text[last.end - 1] === "\n";
  const at = ended ? last.end : lineEnd(yaml, last.end);
  const newline = newlineAt(yaml, ended ? last.end - 1 : at);
  const text = lines.map((line) => (ended ? indent + line + newline : newline + indent + line)).join("");
  return { start: at, end: at, text, depth };
}

/** The number of blanks between a list's dash and its item. */
function gapOf(yaml: YamlText, { start, end }: Extent): number {
  const gap = /^-( +)\S/.exec(yaml.text.slice(start, Math.min(end, start + 20)))?.[1];
  return gap?.length ?? 1;
}

function appendFlow(
  yaml: YamlText,
  { collection, located }: Change,
  additions: readonly Addition[],
  all: readonly Extent[],
  last: Extent | undefined,
): readonly Splice[] {
  const style = flowStyle(yaml, collection, located, all);
  const texts = additions.map(({ key, value }) =>
    isMap(collection) ? flowEntry(String(key), value, style) : flowText(value, style),
  );
  if (last === undefined) return fillFlow(yaml, collection, texts, style, all);
  const comma = trailingComma(yaml, collection, all);
  return comma === undefined ? afterLast(yaml, last, texts, style) : afterComma(yaml, last, comma, texts, style);
}

/** The items of an empty `{}` or `[]`. */
function fillFlow(
  yaml: YamlText,
  collection: Collection,
  texts: readonly string[],
  { json, spaced }: FlowStyle,
  all: readonly Extent[],
): readonly Splice[] {
  if (all.length > 0)
    throw refused(yaml, collection, "one step cannot empty a collection and add to it", "Do it in two.");
  const at = collection.range[0] + 1;
  const padded = isMap(collection) && !json && yaml.text[at] === "}";
  const text = texts.join(spaced ? ", " : ",");
  return [{ start: at, end: at, text: padded ? ` ${text} ` : text, depth: onTheLine }];
}

/** Where items have lines of their own, new ones get them too, after the comment of the last. */
function afterLast(yaml: YamlText, last: Extent, texts: readonly string[], style: FlowStyle): readonly Splice[] {
  const between = separator(yaml, last, style);
  const text = `,${between}${texts.join(`,${between}`)}`;
  const rest = yaml.text.slice(last.end, lineEnd(yaml, last.end));
  if (!between.includes("\n") || !/^[ \t]+#/.test(rest)) {
    return [{ start: last.end, end: last.end, text, depth: onTheLine }];
  }
  const at = last.end + rest.length;
  const comma = { start: last.end, end: last.end, text: ",", depth: onTheLine };
  return [comma, { start: at, end: at, text: text.slice(1), depth: onTheLine }];
}

function afterComma(
  yaml: YamlText,
  last: Extent,
  comma: number,
  texts: readonly string[],
  style: FlowStyle,
): readonly Splice[] {
  const between = separator(yaml, last, style);
  const rest = yaml.text.slice(comma + 1, lineEnd(yaml, comma));
  const at = between.includes("\n") && /^[ \t]+#/.test(rest) ? comma + 1 + rest.length : comma + 1;
  return [{ start: at, end: at, text: texts.map((text) => `${between}${text},`).join(""), depth: onTheLine }];
}

/** The text between two items apart from the comma. */
function separator(yaml: YamlText, last: Extent, { spaced }: FlowStyle): string {
  if (!startsLine(yaml, last.start)) return spaced ? " " : "";
  return newlineAt(yaml, last.start - 1) + yaml.text.slice(lineStart(yaml, last.start), last.start);
}

function trailingComma(yaml: YamlText, collection: Collection, all: readonly Extent[]): number | undefined {
  const token = collection.srcToken;
  if (token?.type !== "flow-collection") return undefined;
  const item = token.items[all.length];
  return item?.start.find(({ type }) => type === "comma")?.offset ?? commaAfter(yaml, all.at(-1));
}

function commaAfter(yaml: YamlText, last: Extent | undefined): number | undefined {
  if (last === undefined) return undefined;
  const blanks = /^[ \t]*,/.exec(yaml.text.slice(last.end, last.end + 100));
  return blanks === null ? undefined : last.end + blanks[0].length - 1;
}

function flowStyle(
  yaml: YamlText,
  collection: Collection,
  located: Change["located"],
  all: readonly Extent[],
): FlowStyle {
  if (all.length === 0) {
    const { json } = surroundings(yaml, located.slots);
    return { json, spaced: !json || !/":\S/.test(yaml.text.slice(0, 1000)) };
  }
  const json = isJsonFile(yaml) || (isMap(collection) ? quoted(collection) : surroundings(yaml, located.slots).json);
  const inside = yaml.text.slice(collection.range[0], collection.range[1]);
  return { json, spaced: !(all.length > 1 ? /,\S/ : /":\S/).test(inside) };
}
