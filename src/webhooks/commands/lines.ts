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

/** Blanks out what goes on over lines within a paragraph: code spans and HTML comments. */
function hideSpans(text: string): string {
  const blank = (span: string) => span.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/<!--[\s\S]*?-->|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, blank);
}
