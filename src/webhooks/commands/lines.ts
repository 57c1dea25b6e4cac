import MarkdownIt from "markdown-it";

/** Blocks are all that is needed; `commonmark` with HTML, as on GitHub, so that code, quotes and HTML are what one sees there. */
const markdown = new MarkdownIt("commonmark", { html: true });
markdown.core.ruler.enableOnly(["normalize", "block"]);

/** A line of a comment that is plain text when it is shown. */
export interface TextLine {
  /** Counts from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * The lines of a comment that begin with a slash in the first column and are shown as text: not in code, not in a quote (or in the lines that
 * markdown counts to it), not in HTML or an HTML comment.
 */
export function slashLines(body: string): readonly TextLine[] {
  const lines = body.split(/\r\n|\n|\r/);
  const found: TextLine[] = [];
  let quotes = 0;
  for (const token of markdown.parse(body, {})) {
    if (token.type === "blockquote_open") quotes++;
    if (token.type === "blockquote_close") quotes--;
    if (token.type !== "inline" || quotes > 0 || token.map === null) continue;
    const [first, end] = token.map;
    const shown = hideSpans(lines.slice(first, end).join("\n")).split("\n");
    shown.forEach((text, index) => {
      if (text.startsWith("/")) found.push({ line: first + index + 1, text: lines[first + index] ?? "" });
    });
  }
  return found;
}

/** Blanks out what goes on over lines within a paragraph: code spans and HTML comments. Time grows with the text's length only: what has no end is not looked for again. */
function hideSpans(text: string): string {
  const opening = /<!--|`+/g;
  const endless = new Set<string>();
  let shown = "";
  let at = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const [open] = match;
    const end = endless.has(open) ? -1 : endOf(open, text, opening.lastIndex);
    if (end === -1) {
      endless.add(open);
      continue;
    }
    shown += text.slice(at, match.index) + text.slice(match.index, end).replaceAll(/[^\n]/g, " ");
    at = end;
    opening.lastIndex = end;
  }
  return shown + text.slice(at);
}

/** Where the span ends, -1 when it does not. A code span ends with as many backticks as it began with. */
function endOf(open: string, text: string, from: number): number {
  const closing = open === "<!--" ? /-->/g : new RegExp(`(?<!\`)\`{${open.length}}(?!\`)`, "g");
  closing.lastIndex = from;
  return closing.test(text) ? closing.lastIndex : -1;
}
