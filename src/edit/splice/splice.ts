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
  // Two that are both on the line differ by no number, which leaves them in their order.
  const sorted = splices.toSorted((a, b) => a.start - b.start || length(a) - length(b) || b.depth - a.depth);
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
  return Math.min(end - start, 1);
}

function isDeletion({ text }: Splice): boolean {
  return text === "";
}
