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
  const a = intern(base, start, base.length - end, ids);
  const b = intern(head, start, head.length - end, ids);
  const matches = new Array<number>(a.length).fill(-1);
  compare(a, b, { a0: 0, a1: a.length, b0: 0, b1: b.length }, matches, 0);
  const blocks: Block[] = [];
  for (const block of toBlocks(matches, a.length, b.length)) {
    blocks.push(slide(shifted(block, start), blocks.at(-1)?.baseEnd ?? 0, base, head));
  }
  return blocks;
}

function intern(lines: readonly string[], start: number, end: number, ids: Map<string, number>): number[] {
  return lines.slice(start, end).map((line) => {
    const id = ids.get(line) ?? ids.size;
    if (id === ids.size) ids.set(line, id);
    return id;
  });
}

function shifted({ baseStart, baseEnd, headStart, headEnd }: Block, by: number): Block {
  return { baseStart: baseStart + by, baseEnd: baseEnd + by, headStart: headStart + by, headEnd: headEnd + by };
}

function compare(a: number[], b: number[], whole: Range, matches: number[], depth: number): void {
  const range = trim(a, b, whole, matches);
  if (range.a0 >= range.a1 || range.b0 >= range.b1) return;
  if (shortest(a, b, range, matches, maxEdits) || depth >= maxDepth) return;
  split(a, b, range, matches, depth);
}

/** Whether a shortest edit script of at most `maxEditLength` edits was found. */
function shortest(a: number[], b: number[], range: Range, matches: number[], maxEditLength: number): boolean {
  let { a0, b0 } = range;
  const [old, fresh] = [a.slice(a0, range.a1), b.slice(b0, range.b1)];
  if (old.length + fresh.length > maxEditLength && minEdits(old, fresh) > maxEditLength) return false;
  const changes = diffArrays(old, fresh, { maxEditLength });
  for (const { count, added, removed } of changes ?? []) {
    if (!added && !removed) for (let line = 0; line < count; line++) matches[a0 + line] = b0 + line;
    if (!added) a0 += count;
    if (!removed) b0 += count;
  }
  return changes !== undefined;
}

/** A script has at least this many edits: one for each line that the other side lacks. */
function minEdits(a: readonly number[], b: readonly number[]): number {
  const inBoth = new Set(a).intersection(new Set(b));
  return [...a, ...b].filter((line) => !inBoth.has(line)).length;
}

function trim(a: number[], b: number[], range: Range, matches: number[]): Range {
  let { a0, a1, b0, b1 } = range;
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) matches[a0++] = b0++;
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) matches[--a1] = --b1;
  return { a0, a1, b0, b1 };
}

/**
 * Patience: lines that stand once on each side and in the same order are taken as equal; the gaps between are compared
 * on their own.
 */
function split(a: number[], b: number[], range: Range, matches: number[], depth: number): void {
  let { a0, b0 } = range;
  const anchors = increasing(uniqueInBoth(a, b, range));
  if (anchors.length === 0) shortest(a, b, range, matches, maxEditsUnsplit);
  for (const [x, y] of anchors) {
    compare(a, b, { a0, a1: x, b0, b1: y }, matches, depth + 1);
    matches[x] = y;
    a0 = x + 1;
    b0 = y + 1;
  }
  if (anchors.length > 0) compare(a, b, { ...range, a0, b0 }, matches, depth + 1);
}

function uniqueInBoth(a: number[], b: number[], range: Range): readonly (readonly [number, number])[] {
  const inHead = positionsOnce(b, range.b0, range.b1);
  const pairs: (readonly [number, number])[] = [];
  for (const [line, x] of positionsOnce(a, range.a0, range.a1)) {
    const y = inHead.get(line);
    if (x >= 0 && y !== undefined && y >= 0) pairs.push([x, y]);
  }
  return pairs.sort((one, other) => one[0] - other[0]);
}

/** Line to its position, -1 when it stands more than once. */
function positionsOnce(lines: readonly number[], start: number, end: number): Map<number, number> {
  const positions = new Map<number, number>();
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? -1;
    positions.set(line, positions.has(line) ? -1 : index);
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
