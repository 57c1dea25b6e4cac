import MarkdownIt, { type Env, type StateInline, type Token } from "markdown-it";
import { quotedMailStart } from "./mail.ts";
import { type OpenElements, openElements } from "./open-elements.ts";

/** As on GitHub, so that code, quotes, links, tables and HTML are what one sees there. */
const markdown = new MarkdownIt("commonmark", { html: true }).enable("table");
markdown.core.ruler.enableOnly(["normalize", "block"]);
markdown.inline.ruler.before("newline", "line-start", noteLineStart);

/** What begins and ends blocks whose text is somebody else's or no line of its own. */
const ASIDE = new Set(["blockquote_open", "blockquote_close", "table_open", "table_close"]);

/** What the parse of one paragraph tells, by the environment that it is parsed in. */
interface Watch {
  /** The paragraph's own text; the text of an image within it is parsed apart. */
  readonly text: string;
  readonly elements: OpenElements;
  /** Lines of the paragraph, from 0, that begin as text. */
  readonly shown: Set<number>;
  /** How far the text's lines and the tokens were counted. */
  at: number;
  line: number;
  tokens: number;
}
const watched = new WeakMap<object, Watch>();

/** A line of a comment that is plain text when it is shown. */
export interface TextLine {
  /** Counts from 1. */
  readonly line: number;
  readonly text: string;
}

/** Longer than this no command's line is, in characters; what follows in it is not looked at. */
const maxLine = 1_000;
/** So many lines are looked at. */
const maxLines = 2_000;
/** So much of all paragraphs is parsed in full, in characters: that takes time with the square of it. */
const maxInline = 4 * 1024;

/**
 * The lines of a comment that may be wanted and begin with text that is shown as such: not in code, not in a quote (or
 * in the lines that markdown counts to it), not in a table, a link, a footnote, a formula, HTML, an HTML comment, or a
 * mail that is quoted without signs. Nothing is parsed where no line may be wanted, and no more of the paragraphs
 * around such lines than commands can take: anybody can write a comment of 64 KiB.
 */
export function textLines(whole: string, mayBeWanted: (line: string) => boolean = () => true): readonly TextLine[] {
  const all = whole.split(/\r\n|\n|\r/, maxLines);
  const lines = all.map((line) => line.slice(0, maxLine));
  if (!lines.some(mayBeWanted)) return [];
  const end = quotedMailStart(lines);
  const others = new Set([...footnoteLines(lines), ...formulaLines(lines)]);
  return shownLines(lines, mayBeWanted)
    .filter((index) => index < end && !others.has(index))
    .map((index) => ({ line: index + 1, text: lines[index] ?? "" }));
}

/** Lines of formulas, from 0: `$$` begins and ends one. */
function formulaLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let inside = false;
  lines.forEach((line, index) => {
    const signs = line.split("$$").length - 1;
    if (inside || signs > 0) found.add(index);
    if (signs % 2 === 1) inside = !inside;
  });
  // One that does not end is none.
  return inside ? new Set() : found;
}

/** Which lines, from 0, begin as text by what markdown and HTML say. */
function shownLines(lines: readonly string[], mayBeWanted: (line: string) => boolean): readonly number[] {
  const elements = openElements();
  const env: Env = {};
  const found: number[] = [];
  let aside = 0;
  let room = maxInline;
  for (const token of markdown.parse(lines.join("\n"), env)) {
    if (ASIDE.has(token.type)) aside += token.nesting;
    if (token.type === "html_block") elements.read(token.content);
    if (token.type !== "inline" || token.map === null) continue;
    const [first, end] = token.map;
    // As they are written: the content of a list's item comes without its sign.
    const wanted = aside === 0 && lines.slice(first, end).some(mayBeWanted);
    const text = wanted || token.content.includes("<") ? head(token.content, room) : "";
    room -= text.length;
    const shown = text === "" ? [] : shownOffsets(text, env, elements);
    elements.read(token.content.slice(text.length));
    if (aside === 0) for (const offset of shown) found.push(first + offset);
  }
  return found;
}

/** The first lines of a text that have room, all of it if it has. */
function head(text: string, room: number): string {
  return text.length <= room ? text : text.slice(0, text.lastIndexOf("\n", room) + 1);
}

/** Which lines of a paragraph begin as text. `env` knows the comment's link definitions. */
function shownOffsets(text: string, env: Env, elements: OpenElements): ReadonlySet<number> {
  const watch: Watch = { text, elements, shown: new Set(), at: 0, line: 0, tokens: 0 };
  if (!elements.some()) watch.shown.add(0);
  const own = { ...env };
  watched.set(own, watch);
  const tokens: Token[] = [];
  markdown.inline.parse(text, markdown, own, tokens);
  readElements(watch, tokens);
  return watch.shown;
}

/**
 * A rule of the parser that takes nothing: the parser comes to a line's end only where text is, not within code spans,
 * tags, comments or a link's address.
 */
function noteLineStart(state: StateInline, silent: boolean): boolean {
  if (silent || state.src[state.pos] !== "\n") return false;
  const watch = watched.get(state.env);
  if (watch === undefined || state.src !== watch.text) return false;
  readElements(watch, state.tokens);
  for (; watch.at <= state.pos; watch.at++) if (state.src[watch.at] === "\n") watch.line++;
  if (state.linkLevel === 0 && !watch.elements.some()) watch.shown.add(watch.line);
  return false;
}

function readElements(watch: Watch, tokens: readonly Token[]): void {
  for (const token of tokens.slice(watch.tokens)) if (token.type === "html_inline") watch.elements.read(token.content);
  watch.tokens = tokens.length;
}

/** Lines of footnotes, from 0: what is written there is shown at the comment's end. */
function footnoteLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let inside = false;
  lines.forEach((line, index) => {
    inside = /^ {0,3}\[\^[^\]\s]+\]:/.test(line) || (inside && line.trim() !== "");
    if (inside) found.add(index);
  });
  return found;
}
