import { isMap } from "yaml";
import { type Extent, extents, slotEnd } from "./extent.ts";
import type { Change } from "./plan-edits.ts";
import { refused } from "./refuse.ts";
import { onTheLine, type Splice } from "./splice.ts";
import { lineEnd, lineStart, nextLine, startsLine } from "./style.ts";
import type { YamlText } from "./types.ts";

/** The splices that remove items: of a block whole lines, of a flow collection the item with one comma. */
export function removeSplices(yaml: YamlText, change: Change): readonly Splice[] {
  const { collection, removed } = change;
  if (removed.size === 0) return [];
  const all = extents(collection);
  if (collection.flow === true) return removeFlow(yaml, change, all);
  return removed.size === all.length ? empty(yaml, change, all) : removeBlock(yaml, change, all);
}

function removeBlock(yaml: YamlText, { removed }: Change, all: readonly Extent[]): readonly Splice[] {
  const first = all[0];
  const shared = first !== undefined && !startsLine(yaml, first.start) ? leading(all, removed) : undefined;
  const run = shared === undefined ? [] : [deletion(first?.start ?? 0, nextWord(yaml, shared.end))];
  const from = shared === undefined ? 0 : all.indexOf(shared) + 1;
  return [
    ...run,
    ...all.flatMap((extent, index) => (index >= from && removed.has(index) ? wholeLines(yaml, extent) : [])),
  ];
}

/** The last of the removed items at the start. */
function leading(all: readonly Extent[], removed: ReadonlySet<number>): Extent | undefined {
  const stays = all.findIndex((_, index) => !removed.has(index));
  return all[stays - 1];
}

/** The first character that is not blank on the lines after the one that an item ends on. */
function nextWord(yaml: YamlText, end: number): number {
  const from = after(yaml, end);
  const offset = yaml.text.slice(from).search(/[^ \t\r\n]/);
  return offset < 0 ? yaml.text.length : from + offset;
}

/** Where the line after an item begins; the end of a block scalar is there already. */
function after(yaml: YamlText, end: number): number {
  return yaml.text[end - 1] === "\n" ? end : nextLine(yaml, end);
}

/** A text without a newline at its end still has none. */
function wholeLines(yaml: YamlText, { start, end }: Extent): Splice {
  const [from, to] = [lineStart(yaml, start), after(yaml, end)];
  const atEnd = to === yaml.text.length && !yaml.text.endsWith("\n");
  return deletion(atEnd && from > 0 ? lineEnd(yaml, lineStart(yaml, from - 1)) : from, to);
}

/** `{}` or `[]` in place of all items. */
function empty(yaml: YamlText, { collection, located }: Change, all: readonly Extent[]): readonly Splice[] {
  const start = all[0]?.start ?? 0;
  const end = all.at(-1)?.end ?? start;
  const mark = isMap(collection) ? "{}" : "[]";
  const slot = located.slots.find(({ node }) => node === collection);
  const ended = yaml.text[end - 1] === "\n" ? yaml.text.slice(lineEnd(yaml, lineStart(yaml, end - 1)), end) : "";
  if (slot?.container === undefined || !startsLine(yaml, start)) {
    return [{ start, end, text: mark + ended, depth: onTheLine }];
  }
  const at = slotEnd(slot.container, slot.index);
  return [{ start: at, end: at, text: ` ${mark}`, depth: onTheLine }, wholeLines(yaml, { start, end })];
}

function removeFlow(yaml: YamlText, { collection, removed }: Change, all: readonly Extent[]): readonly Splice[] {
  if (removed.size === all.length) {
    const [start, end] = collection.range;
    return [pruned(yaml, start + 1, end - 1, all)];
  }
  const stays = all.findIndex((_, index) => !removed.has(index));
  return [...removed].map((index) => {
    const own = all[index];
    const neighbour = all[index < stays ? index + 1 : index - 1];
    const [start, end] = index < stays ? [own?.start, neighbour?.start] : [neighbour?.end, own?.end];
    return pruned(yaml, start ?? 0, end ?? 0, all);
  });
}

/** A deletion inside braces; refused where a comment is between the items. */
function pruned(yaml: YamlText, start: number, end: number, all: readonly Extent[]): Splice {
  let at = start;
  for (const extent of [...all, { start: end, end }]) {
    if (extent.end <= start || extent.start > end) continue;
    if (yaml.text.slice(at, Math.max(at, extent.start)).includes("#")) {
      throw refused(yaml, at, "a comment is between the items", "Move the comment out of the braces.");
    }
    at = extent.end;
  }
  return deletion(start, end);
}

function deletion(start: number, end: number): Splice {
  return { start, end, text: "", depth: onTheLine };
}
