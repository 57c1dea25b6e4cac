/** Bytes of a text that are replaced: the offsets count UTF-16 units. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of insertions at one place the deepest comes first: what belongs to a map before what follows it. */
  readonly depth: number;
}

/** Depth of what is on the line itself, before any line that follows. */
export const onTheLine = Number.POSITIVE_INFINITY;

/** Sorts splices and joins deletions that touch; `undefined` when two of them want the same bytes. */
export function ordered(splices: readonly Splice[]): readonly Splice[] | undefined {
  const sorted = [...splices].sort((a, b) => a.start - b.start || length(a) - length(b) || descending(a, b));
  const joined: Splice[] = [];
  for (const splice of sorted) {
    const last = joined.at(-1);
    if (last === undefined || splice.start >= last.end) {
      joined.push(splice);
    } else if (isDeletion(last) && isDeletion(splice)) {
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, splice.end) };
    } else {
      return undefined;
    }
  }
  return joined;
}

/** The text with ordered splices put in. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of splices) {
    parts.push(text.slice(at, start), put);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/** Insertions before what is replaced at the same place. */
function length({ start, end }: Splice): number {
  return end === start ? 0 : 1;
}

function descending(a: Splice, b: Splice): number {
  return a.depth === b.depth ? 0 : b.depth > a.depth ? 1 : -1;
}

function isDeletion({ text }: Splice): boolean {
  return text === "";
}
