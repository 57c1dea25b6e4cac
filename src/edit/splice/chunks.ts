import { isAlias, isMap, isScalar, type ParsedNode } from "yaml";
import { type Collection, type ItemAt, itemValue } from "./extent.ts";
import { isMergeKey, keyText } from "./keys.ts";
import type { PlainEdit, YamlText } from "./types.ts";

/** Whole lines of a text that hold all that some edits change: a document, or an item of a block collection. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly document: number;
  /** Absent where it is a document. */
  readonly item?: ItemAt;
  /** As edits of the chunk as a file of its own. */
  readonly edits: readonly PlainEdit[];
}

/** The sizes of chunks, in UTF-16 units. */
export interface ChunkSizes {
  /** A chunk of this size or less is not split. */
  readonly min: number;
  /** The limit of all chunks together. */
  readonly maxTotal: number;
}

/** Directives apply to the documents that follow, and `...` ends one without starting the next. */
const otherMark = /^(?:%|\.\.\.)/m;

/**
 * The chunks of edits, in order, without overlap; `undefined` where a chunk might be read differently outside the text,
 * or where the chunks are too much of it.
 */
export function chunksFor(
  yaml: YamlText,
  edits: readonly PlainEdit[],
  { min, maxTotal }: ChunkSizes,
): readonly Chunk[] | undefined {
  const starts = documentStarts(yaml);
  if (starts === undefined) return undefined;
  const chunks: Chunk[] = [];
  for (const [document, own] of Map.groupBy(edits, ({ document: index }) => index)) {
    const [start, end] = [starts[document], starts[document + 1] ?? yaml.text.length];
    if (start === undefined) return undefined;
    chunks.push(...within(yaml, { start, end, document, edits: own }, min));
  }
  const size = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
  return size > maxTotal ? undefined : chunks.sort((a, b) => a.start - b.start);
}

/** Where each document begins: at its `---`, the first at the start of the text. */
function documentStarts({ text, documents }: YamlText): readonly number[] | undefined {
  if (otherMark.test(text)) return undefined;
  const marks = [...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)].map(({ index }) => index);
  const isMarked = marks.length === documents;
  return isMarked || marks.length === documents - 1 ? [0, ...(isMarked ? marks.slice(1) : marks)] : undefined;
}

/**
 * The chunks in a document. Additions and removals depend on the style of the whole document, aliases on what comes
 * before.
 */
function within(yaml: YamlText, whole: Chunk, min: number): readonly Chunk[] {
  const parsed = yaml.parsed[whole.document];
  const isNarrow = parsed?.targets.size === 0 && whole.edits.every(({ kind }) => kind === "set");
  if (!isNarrow || parsed?.root === undefined) return [atRoot(whole)];
  return narrowed({ yaml, min }, parsed.root, 0, whole);
}

function atRoot(chunk: Chunk): Chunk {
  return { ...chunk, edits: chunk.edits.map((edit) => ({ ...edit, document: 0 })) };
}

interface Scope {
  readonly yaml: YamlText;
  readonly min: number;
}

/** The chunks of the items that the edits change; the whole where an item does not have its lines to itself. */
function narrowed(scope: Scope, node: ParsedNode | null, depth: number, whole: Chunk): readonly Chunk[] {
  const asWhole = depth === 0 ? atRoot(whole) : relative(whole, depth - 1);
  if (whole.end - whole.start <= scope.min || !isBlock(node)) return [asWhole];
  const byStep = Map.groupBy(whole.edits, ({ path }) => path[depth]);
  const chunks: Chunk[] = [];
  for (const [step, edits] of byStep) {
    const index = step === undefined ? -1 : indexOf(node, step);
    const span = spanOf(scope.yaml.text, node, index, whole.end);
    if (span === undefined) return [asWhole];
    const own = { ...span, document: whole.document, item: { collection: node, index }, edits };
    chunks.push(...narrowed(scope, itemValue(node, index), depth + 1, own));
  }
  return chunks;
}

/** In its own chunk, an item is the first of its list. */
function relative(chunk: Chunk, depth: number): Chunk {
  const edits = chunk.edits.map((edit): PlainEdit => {
    const [step = 0, ...rest] = edit.path.slice(depth);
    return { ...edit, document: 0, path: [typeof step === "number" ? 0 : step, ...rest] };
  });
  return { ...chunk, edits };
}

function isBlock(node: ParsedNode | null): node is Collection {
  return node !== null && !isAlias(node) && !isScalar(node) && node.flow !== true;
}

/** The one item that a step leads to; -1 for none and for a duplicate key. */
function indexOf(node: Collection, step: string | number): number {
  if (!isMap(node)) return typeof step === "number" ? step : -1;
  const isKey = (key: ParsedNode) => !isMergeKey(key) && keyText(key) === String(step);
  const index = node.items.findIndex(({ key }) => isKey(key));
  return node.items.findLastIndex(({ key }) => isKey(key)) === index ? index : -1;
}

/** The lines from an item to the next, where both begin their line. */
function spanOf(text: string, node: Collection, index: number, end: number) {
  const start = lineOf(text, node, index);
  const next = index + 1 < node.items.length ? lineOf(text, node, index + 1) : end;
  return start === undefined || next === undefined ? undefined : { start, end: next };
}

/** Where the line begins that an item begins: with its key alone, or a dash. */
function lineOf(text: string, node: Collection, index: number): number | undefined {
  const item = isMap(node) ? node.items[index]?.key : itemValue(node, index);
  if (item === undefined || item === null) return undefined;
  const start = text.lastIndexOf("\n", item.range[0] - 1) + 1;
  const before = text.slice(start, item.range[0]);
  return (isMap(node) ? /^ *$/ : /^ *- *$/).test(before) ? start : undefined;
}
