import { nodeAt } from "./nodes.ts";
import { lastBefore, type Spot, spotsOf } from "./spots.ts";
import type { KeyPath, Node, YamlText } from "./types.ts";

/** A comment, and what it is about. */
export interface Comment {
  /** What follows the `#`, to the end of the line. */
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
  /** Of the file, counted from 0. */
  readonly document: number;
  /**
   * The single value that the comment is about: the one before it on the same line; or the one after it, where only
   * comments are between the value and its key or dash, or where the comment is on a line of its own above an item of a
   * list. `undefined` for other comments.
   */
  value(): Commented | undefined;
}

/** What is at a path, aliases followed. */
export interface Commented {
  readonly path: KeyPath;
  readonly node: Node;
}

/** The comments of a file that contain a text, in order. The same text in a value or a key does not count. */
export function commentsWith(yaml: YamlText, wanted: string): readonly Comment[] {
  const found: Comment[] = [];
  // An empty file has no root, and is one document.
  const documents = yaml.parsed.map(({ root }) => ({ start: root?.range[0] ?? 0, root }));
  let spots: readonly Spot[] = [];
  let document = -1;
  for (let at = yaml.text.indexOf(wanted); at >= 0; ) {
    const index = Math.max(lastBefore(documents, at), 0);
    if (index !== document) spots = spotsOf(documents[index]?.root);
    document = index;
    const end = endOfLine(yaml.text, at);
    const start = commentStart(yaml.text, spots, at);
    if (start !== undefined) found.push(commentAt(yaml, document, spots, start, end));
    at = yaml.text.indexOf(wanted, start === undefined ? at + wanted.length : end);
  }
  return found;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  const end = newline < 0 ? text.length : newline;
  return text[end - 1] === "\r" ? end - 1 : end;
}

/** The start of the comment that contains `at`; `undefined` when none does. */
function commentStart(text: string, spots: readonly Spot[], at: number): number | undefined {
  const spot = spots[lastBefore(spots, at)];
  const from = Math.max(spot === undefined ? 0 : contentStart(text, spot), text.lastIndexOf("\n", at) + 1);
  if (spot !== undefined && at < spot.end && !(spot.kind === "block" && at < endOfLine(text, spot.start))) {
    return undefined;
  }
  for (let hash = text.indexOf("#", from); hash >= 0 && hash < at; hash = text.indexOf("#", hash + 1)) {
    if (hash === 0 || /[ \t\n]/.test(text[hash - 1] ?? "")) return hash;
  }
  return undefined;
}

/** Where comments may begin after a spot: after a block scalar already on the line of its `|`. */
function contentStart(text: string, { kind, start, end }: Spot): number {
  return kind === "block" ? Math.min(endOfLine(text, start), start + 1) : end;
}

function commentAt(yaml: YamlText, document: number, spots: readonly Spot[], start: number, end: number): Comment {
  const line = Math.max(yaml.lines.linePos(start).line, 1);
  const value = (): Commented | undefined => {
    const path = spotOf(yaml.text, spots, start)?.path;
    const node = path && nodeAt(yaml, document, path);
    return path === undefined || node === undefined ? undefined : { path, node };
  };
  return { text: yaml.text.slice(start + 1, end), line, document, value };
}

const dashes = /^[ \t]*(?:-[ \t]+)*(?:[&!]\S*[ \t]+)*$/;

/** The value that a comment at an offset is about. */
function spotOf(text: string, spots: readonly Spot[], comment: number): Spot | undefined {
  const index = lastBefore(spots, comment);
  const [before, next] = [spots[index], spots[index + 1]];
  if (before?.kind === "block" && comment < endOfLine(text, before.start)) return before;
  const between = before === undefined ? "" : text.slice(before.end, comment);
  const isBehind = before !== undefined && !between.includes("\n");
  if (isBehind && before.kind === "value" && /^[ \t]*,?[ \t]*$/.test(between)) return before;
  if (next === undefined || next.kind === "key" || isBehindBrackets(between)) return undefined;
  const rest = withoutComments(text.slice(comment, next.start));
  if (before?.kind === "key" && /^\s*(?:[&!]\S*\s+)*$/.test(rest)) return next;
  const line = text.slice(text.lastIndexOf("\n", comment) + 1, comment);
  return typeof next.path.at(-1) === "number" && dashes.test(line) && !isBehindBrackets(rest) ? next : undefined;
}

/** Whether brackets open or close there: then the comment is about what is in them. */
function isBehindBrackets(between: string): boolean {
  const line = withoutComments(between);
  return /[[\]{}]/.test(line);
}

function withoutComments(text: string): string {
  return text.replaceAll(/(?:^|(?<=\s))#[^\n]*/g, "");
}
