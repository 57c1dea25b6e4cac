import type { LineCounter } from "yaml";
import type { LineEdit } from "../../model/promotion.ts";
import { type Splice, spliced } from "./splice.ts";

interface Group {
  /** Lines before the change, counted from 1, both included. */
  readonly first: number;
  last: number;
  readonly splices: Splice[];
}

/** The lines that ordered splices change, in order; the line ends are left out. */
export function lineEdits(file: string, text: string, lines: LineCounter, splices: readonly Splice[]): LineEdit[] {
  const edits: LineEdit[] = [];
  let moved = 0;
  for (const group of grouped(lines, splices)) {
    const { before, after } = linesOf(text, lines, group);
    edits.push(...changed(file, group.first + moved, before, after));
    moved += after.length - before.length;
  }
  return edits;
}

function grouped(lines: LineCounter, splices: readonly Splice[]): readonly Group[] {
  const groups: Group[] = [];
  for (const splice of splices) {
    const first = Math.max(lines.linePos(splice.start).line, 1);
    const last = Math.max(lines.linePos(splice.end).line, first);
    const before = groups.at(-1);
    if (before === undefined || first > before.last + (takesPlace(before, splice) ? 1 : 0)) {
      groups.push({ first, last, splices: [splice] });
    } else {
      before.last = last;
      before.splices.push(splice);
    }
  }
  return groups;
}

/** Whether removed lines directly follow new ones: people read that as a change. */
function takesPlace({ splices }: Group, { text }: Splice): boolean {
  return text === "" && splices.every(({ start, end }) => start === end);
}

function linesOf(text: string, lines: LineCounter, { first, last, splices }: Group) {
  const start = lines.lineStarts[first - 1] ?? 0;
  const end = lines.lineStarts[last] ?? text.length;
  const part = text.slice(start, end);
  const local = splices.map((splice) => ({ ...splice, start: splice.start - start, end: splice.end - start }));
  return { before: split(part), after: split(spliced(part, local)) };
}

function split(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

function changed(file: string, first: number, before: readonly string[], after: readonly string[]): LineEdit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => ({
    file,
    line: first + head + Math.min(index, now.length),
    before: old[index] ?? "",
    after: now[index] ?? "",
  }));
}
