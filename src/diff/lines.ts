import { diffArrays } from "diff";

/** Lines `[baseStart, baseEnd)` of the base became lines `[headStart, headEnd)` of the head. */
export interface Block {
  readonly baseStart: number;
  readonly baseEnd: number;
  readonly headStart: number;
  readonly headEnd: number;
}

interface Range {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/**
 * A range with more edits is first split at lines that are unique on both sides. These limits alone bound the time of a
 * search, which grows with the square of the edits; a limit in milliseconds would make the result depend on the
 * machine's load.
 */
const maxEdits = 100;
/** The same for a range that cannot be split. */
const maxEditsUnsplit = 200;
const maxDepth = 24;

/**
 * The blocks in which two texts differ, in order. Replacing each block turns the base's lines into the head's. The
 * shortest way to do so where a stretch of changes is of ordinary size; for texts that share almost nothing it may be
 * longer, but it stays exact and takes close to linear time.
 */
export function diffLines(base: readonly string[], head: readonly string[]): readonly Block[] {
  const shortest = Math.min(base.length, head.length);
  let start = 0;
  while (start < shortest && base[start] === head[start]) start++;
  let end = 0;
  while (end < shortest - start && base[base.length - 1 - end] === head[head.length - 1 - end]) end++;
  const ids = new Map<string, number>();
  const a = intern(base.slice(start, base.length - end), ids);
  const b = intern(head.slice(start, head.length - end), ids);
  const matches = new Array<number>(a.length).fill(-1);
  compare({ a, b, ids: ids.size, matches }, { a0: 0, a1: a.length, b0: 0, b1: b.length }, 0);
  const blocks: Block[] = [];
  for (const block of toBlocks(matches, a.length, b.length)) {
    blocks.push(slide(shifted(block, start), blocks.at(-1)?.baseEnd ?? 0, base, head));
  }
  return blocks;
}

/**
 * Two texts as the ids of their lines, below `ids`, and what was found: the head's line for each of the base's, or -1.
 */
interface Texts {
  readonly a: number[];
  readonly b: number[];
  readonly ids: number;
  readonly matches: number[];
}

function intern(lines: readonly string[], ids: Map<string, number>): number[] {
  return lines.map((line) => {
    const id = ids.get(line) ?? ids.size;
    if (id === ids.size) ids.set(line, id);
    return id;
  });
}

function shifted({ baseStart, baseEnd, headStart, headEnd }: Block, by: number): Block {
  return { baseStart: baseStart + by, baseEnd: baseEnd + by, headStart: headStart + by, headEnd: headEnd + by };
}

function compare(texts: Texts, whole: Range, depth: number): void {
  const range = trim(texts, whole);
  if (range.a0 >= range.a1 || range.b0 >= range.b1) return;
  if (shortest(texts, range, maxEdits) || depth >= maxDepth) return;
  split(texts, range, depth);
}

/** Whether a shortest edit script of at most `maxEditLength` edits was found. */
function shortest({ a, b, ids, matches }: Texts, range: Range, maxEditLength: number): boolean {
  let { a0, b0 } = range;
  const [old, fresh] = [a.slice(a0, range.a1), b.slice(b0, range.b1)];
  if (old.length + fresh.length > maxEditLength && minEdits(old, fresh, ids) > maxEditLength) return false;
  const changes = diffArrays(old, fresh, { maxEditLength });
  for (const { count, added, removed } of changes ?? []) {
    if (!added && !removed) for (let line = 0; line < count; line++) matches[a0 + line] = b0 + line;
    if (!added) a0 += count;
    if (!removed) b0 += count;
  }
  return changes !== undefined;
}

/** A script has at least this many edits: one for each line that the other side lacks. */
function minEdits(a: readonly number[], b: readonly number[], ids: number): number {
  const sides = new Uint8Array(ids);
  for (const line of a) sides[line] = 1;
  for (const line of b) sides[line] = (sides[line] ?? 0) | 2;
  const onOneSide = (edits: number, line: number): number => (sides[line] === 3 ? edits : edits + 1);
  return b.reduce(onOneSide, a.reduce(onOneSide, 0));
}

function trim({ a, b, matches }: Texts, range: Range): Range {
  let { a0, a1, b0, b1 } = range;
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) matches[a0++] = b0++;
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) matches[--a1] = --b1;
  return { a0, a1, b0, b1 };
}

/**
 * Patience: lines that stand once on each side and in the same order are taken as equal; the gaps between are compared
 * on their own.
 */
function split(texts: Texts, range: Range, depth: number): void {
  let { a0, b0 } = range;
  const anchors = increasing(uniqueInBoth(texts, range));
  if (anchors.length === 0) shortest(texts, range, maxEditsUnsplit);
  for (const [x, y] of anchors) {
    compare(texts, { a0, a1: x, b0, b1: y }, depth + 1);
    texts.matches[x] = y;
    a0 = x + 1;
    b0 = y + 1;
  }
  if (anchors.length > 0) compare(texts, { ...range, a0, b0 }, depth + 1);
}

function uniqueInBoth({ a, b, ids }: Texts, { a0, a1, b0, b1 }: Range): readonly (readonly [number, number])[] {
  const [inBase, inHead] = [positionsOnce(a, a0, a1, ids), positionsOnce(b, b0, b1, ids)];
  const pairs: (readonly [number, number])[] = [];
  for (let x = a0; x < a1; x++) {
    const line = a[x] ?? 0;
    const y = inHead[line] ?? absent;
    if (inBase[line] === x && y >= 0) pairs.push([x, y]);
  }
  return pairs;
}

const absent = -1;
const repeated = -2;

/** The position of each line that stands once, by the line's id. */
function positionsOnce(lines: readonly number[], start: number, end: number, ids: number): Int32Array {
  const positions = new Int32Array(ids).fill(absent);
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? 0;
    positions[line] = positions[line] === absent ? index : repeated;
  }
  return positions;
}

/** The longest subsequence whose second members increase. */
function increasing(pairs: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const tails: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  for (const [index, [, y]] of pairs.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.[1] ?? 0) < y) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const chosen: (readonly [number, number])[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}

function toBlocks(matches: number[], baseLength: number, headLength: number): readonly Block[] {
  const blocks: Block[] = [];
  let baseStart = 0;
  let headStart = 0;
  for (let index = 0; index <= baseLength; index++) {
    const match = index === baseLength ? headLength : (matches[index] ?? -1);
    if (match < 0) continue;
    if (index > baseStart || match > headStart) {
      blocks.push({ baseStart, baseEnd: index, headStart, headEnd: match });
    }
    baseStart = index + 1;
    headStart = match + 1;
  }
  return blocks;
}

/**
 * A pure insertion or deletion may stand at several places; the one that begins with the least indented line reads best
 * in YAML.
 */
function slide(block: Block, floor: number, base: readonly string[], head: readonly string[]): Block {
  const inserted = block.baseStart === block.baseEnd;
  if (!inserted && block.headStart !== block.headEnd) return block;
  const lines = inserted ? head : base;
  const start = inserted ? block.headStart : block.baseStart;
  const size = (inserted ? block.headEnd : block.baseEnd) - start;
  let best = 0;
  const limit = Math.min(size, block.baseStart - floor);
  for (let up = 1; up <= limit && lines[start - up] === lines[start - up + size]; up++) {
    if (indentOf(lines[start - up]) < indentOf(lines[start - best])) best = up;
  }
  return {
    baseStart: block.baseStart - best,
    baseEnd: block.baseEnd - best,
    headStart: block.headStart - best,
    headEnd: block.headEnd - best,
  };
}

function indentOf(line: string | undefined): number {
  return line === undefined ? 0 : line.length - line.trimStart().length;
}
