import { Fault } from "../model/errors.ts";

const WORD = /^[a-z0-9][a-z0-9-]*$/;
const FIRST_LINE = /^<!-- sluice:([a-z0-9][a-z0-9-]*) -->(?:\n|$)/;

/** A comment that Sluice wrote: which one it is, and what a person reads. */
export interface Marked {
  readonly marker: string;
  readonly body: string;
}

/**
 * The text of a comment with the marker as its hidden first line. `marker` is a word of `a-z`, `0-9` and `-`; another
 * one is a `bug` Fault.
 */
export function printMarked(marked: Marked): string {
  if (!WORD.test(marked.marker)) throw new Fault("bug", `not a marker: ${JSON.stringify(marked.marker)}`);
  return `<!-- sluice:${marked.marker} -->\n${marked.body}`;
}

/**
 * What `printMarked` printed, `undefined` for any other text. Carriage returns, which GitHub may add, do not matter.
 */
export function parseMarked(text: string): Marked | undefined {
  const lines = text.replaceAll("\r\n", "\n");
  const match = FIRST_LINE.exec(lines);
  if (match?.[1] === undefined) return undefined;
  return { marker: match[1], body: lines.slice(match[0].length) };
}
