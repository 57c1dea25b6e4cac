import { clip, visible } from "../model/text/lines.ts";
import { thousands } from "../model/text/lists.ts";
import { diffLines } from "./lines.ts";

/** What is shown of one line that is too long to be shown whole. */
export interface LineExcerpts {
  /** The path of the line's value. */
  readonly path: string;
  /** How many characters the head's line has. */
  readonly length: number;
  /** How many places differ in it. */
  readonly places: number;
  /** The words of the only place; `undefined` where there are several, or they are long. */
  readonly words: { readonly from: string; readonly to: string } | undefined;
  /** Lines of a diff; one with a position begins an excerpt. */
  readonly lines: readonly ExcerptLine[];
}

interface ExcerptLine {
  /** Where in the base's line the change begins, counted from 1, with commas. */
  readonly position: string | undefined;
  readonly text: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Difference {
  readonly base: Span;
  readonly head: Span;
}

/** Characters that are shown on each side of a change. */
const around = 40;
/** A changed part that is longer is shown by its ends. */
const maxPart = 240;
const maxPlaces = 20;
/** Where escapes make an excerpt longer than a line of a diff may be. */
const maxShown = 590;
const maxWords = 60;
/** Parts of a line that stay together: words, white space, single signs. */
const token = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** What differs between two versions of one long line, with a little around it. */
export function excerpts(path: string, base: string, head: string): LineExcerpts {
  const differences = compareLine(base, head);
  const shown = differences.slice(0, maxPlaces);
  const lines = shown.flatMap(({ base: one, head: other }): readonly ExcerptLine[] => [
    { position: thousands(one.from + 1), text: `-${excerpt(base, one)}` },
    { position: undefined, text: `+${excerpt(head, other)}` },
  ]);
  const rest = differences.length - shown.length;
  const more = rest > 0 ? [{ position: undefined, text: ` … and ${thousands(rest)} more places` }] : [];
  return {
    path,
    length: head.length,
    places: differences.length,
    words: wordsOf(differences, base, head),
    lines: [...lines, ...more],
  };
}

function wordsOf(differences: readonly Difference[], base: string, head: string): LineExcerpts["words"] {
  const [only, ...others] = differences;
  if (only === undefined || others.length > 0) return undefined;
  const words = {
    from: readable(base.slice(only.base.from, only.base.to)),
    to: readable(head.slice(only.head.from, only.head.to)),
  };
  return Object.values(words).every((text) => text !== "" && text.length <= maxWords) ? words : undefined;
}

/** The places that differ, in order; those that are near to each other are one. */
function compareLine(base: string, head: string): readonly Difference[] {
  const [one, other] = [tokens(base), tokens(head)];
  const joined: { base: { from: number; to: number }; head: { from: number; to: number } }[] = [];
  for (const block of diffLines(one.texts, other.texts)) {
    const found = {
      base: span(one, block.baseStart, block.baseEnd),
      head: span(other, block.headStart, block.headEnd),
    };
    const last = joined.at(-1);
    if (last !== undefined && found.base.from - last.base.to <= around) {
      last.base.to = found.base.to;
      last.head.to = found.head.to;
    } else joined.push({ base: { ...found.base }, head: { ...found.head } });
  }
  return joined;
}

interface Tokens {
  readonly texts: readonly string[];
  /** Where each token begins, and where the last one ends. */
  readonly starts: readonly number[];
}

function tokens(text: string): Tokens {
  const texts: string[] = [];
  const starts: number[] = [];
  for (const match of text.matchAll(token)) {
    texts.push(match[0]);
    starts.push(match.index);
  }
  return { texts, starts: [...starts, text.length] };
}

function span({ starts }: Tokens, first: number, end: number): Span {
  const from = starts[first] ?? 0;
  return { from, to: starts[end] ?? from };
}

function excerpt(text: string, { from, to }: Span): string {
  const start = Math.max(0, from - around);
  const end = Math.min(text.length, to + around);
  const changed = text.slice(from, to);
  const middle =
    changed.length <= maxPart
      ? readable(changed)
      : `${readable(changed.slice(0, maxPart / 2))} …‹${thousands(changed.length - maxPart)} characters›… ${readable(changed.slice(-maxPart / 2))}`;
  const before = `${start > 0 ? "… " : ""}${readable(text.slice(start, from))}`;
  const after = `${readable(text.slice(to, end))}${end < text.length ? " …" : ""}`;
  return clip(`${before}${middle}${after}`, maxShown);
}

/** On one line, what cannot be seen as escapes, no half characters. */
function readable(text: string): string {
  const whole = text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
  return visible(whole.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r"));
}
