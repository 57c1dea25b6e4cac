import MarkdownIt from "markdown-it";
import { diffLines } from "../format/text-changes.ts";
import { harmless, type Style, table, width } from "../style.ts";
import { htmlPieces, plainHtml } from "./html-pieces.ts";

type Token = ReturnType<typeof parser.parse>[number];

const parser = new MarkdownIt({ html: true, linkify: true });

/** Of longer code only the beginning is shown; the page has the rest. */
const LONG_CODE = 16;

/**
 * A GitHub comment as a person would see it, for a terminal: tables aligned, diffs painted, folded parts unfolded,
 * hidden marks left out.
 */
export function markdownForTerminal(markdown: string, paint: Style, columns = 100): readonly string[] {
  const writer = new Writer(paint, columns);
  const tokens = parser.parse(markdown, {});
  for (let at = 0; at < tokens.length; ) at = writer.block(tokens, at);
  return writer.finished();
}

/** Writes blocks one after the other; `indent` grows inside lists, quotes and folded parts. */
class Writer {
  readonly #paint: Style;
  readonly #columns: number;
  readonly #lines: string[] = [];
  #indent = "";
  #bullet = "";

  constructor(paint: Style, columns: number) {
    this.#paint = paint;
    this.#columns = columns;
  }

  /** Writes the block that begins at `tokens[at]` and gives the index after what it used. */
  block(tokens: readonly Token[], at: number): number {
    const token = tokens[at];
    if (token === undefined) return at + 1;
    if (token.type === "table_open") return this.#table(tokens, at);
    if (token.type === "heading_open") return this.#heading(tokens, at);
    this.#simple(token);
    return at + 1;
  }

  /** The lines, without empty ones at the ends and never two empty ones in a row. */
  finished(): readonly string[] {
    const lines = this.#lines.filter((line, index, all) => line.trim() !== "" || (all[index - 1] ?? "").trim() !== "");
    return lines.at(-1)?.trim() === "" ? lines.slice(0, -1) : lines;
  }

  #simple(token: Token): void {
    if (token.type === "inline") this.#paragraph(inlineText(token, this.#paint));
    else if (token.type === "fence" || token.type === "code_block") this.#code(token);
    else if (token.type === "html_block") this.#html(token.content);
    else if (token.type === "hr") this.#line(this.#paint.dim("─".repeat(this.#columns - this.#indent.length)));
    else if (token.type === "list_item_open") this.#bullet = token.info === "" ? "• " : `${token.info}. `;
    else if (
      token.type === "bullet_list_open" ||
      token.type === "ordered_list_open" ||
      token.type === "blockquote_open"
    )
      this.#deeper();
    else if (
      token.type === "bullet_list_close" ||
      token.type === "ordered_list_close" ||
      token.type === "blockquote_close"
    )
      this.#shallower();
    else if (token.type === "paragraph_close" && !token.hidden) this.#line("");
  }

  #deeper(): void {
    this.#indent += "  ";
  }

  #shallower(): void {
    this.#indent = this.#indent.slice(2);
    if (this.#indent === "") this.#line("");
  }

  #line(text: string): void {
    this.#lines.push(`${this.#indent}${text}`.trimEnd());
  }

  #heading(tokens: readonly Token[], at: number): number {
    const inline = tokens[at + 1];
    this.#line("");
    if (inline) this.#line(this.#paint.bold(inlineText(inline, this.#paint)));
    this.#line("");
    return at + 3;
  }

  #paragraph(text: string): void {
    const lead = this.#bullet;
    this.#bullet = "";
    const room = this.#columns - this.#indent.length - lead.length;
    for (const [index, line] of text
      .split("\n")
      .flatMap((part) => wrap(part, room))
      .entries()) {
      this.#line((index === 0 ? lead : " ".repeat(lead.length)) + line);
    }
  }

  #code(token: Token): void {
    const text = token.content.replace(/\n$/, "");
    const lines = token.info.trim() === "diff" ? diffLines(text, this.#paint) : harmless(text).split("\n");
    const shown = lines.length > LONG_CODE ? LONG_CODE - 1 : lines.length;
    for (const line of lines.slice(0, shown)) this.#line(`    ${line}`);
    if (shown < lines.length) this.#line(this.#paint.dim(`    … ${lines.length - shown} more lines on the page`));
    this.#line("");
  }

  #html(content: string): void {
    for (const piece of htmlPieces(content)) {
      if (piece.kind === "open") this.#line("");
      if (piece.kind === "summary") {
        this.#line(`${this.#paint.dim("▾")} ${this.#paint.bold(harmless(piece.text))}`);
        this.#deeper();
      }
      if (piece.kind === "close") this.#shallower();
      if (piece.kind === "text") this.#paragraph(harmless(piece.text));
    }
  }

  #table(tokens: readonly Token[], at: number): number {
    const rows: string[][] = [];
    let end = at;
    for (; tokens[end] && tokens[end]?.type !== "table_close"; end++) {
      const token = tokens[end];
      if (token?.type === "tr_open") rows.push([]);
      if (token?.type === "inline") rows.at(-1)?.push(inlineText(token, this.#paint).replaceAll("\n", ", "));
    }
    const [head = [], ...body] = rows;
    for (const line of table(
      head.map((title) => ({ title })),
      body,
      this.#paint,
    ))
      this.#line(line);
    this.#line("");
    return end + 1;
  }
}

/** The text of inline tokens, painted. */
function inlineText(token: Token, paint: Style): string {
  let text = "";
  let strong = 0;
  for (const child of token.children ?? []) {
    if (child.type === "strong_open") strong += 1;
    else if (child.type === "strong_close") strong -= 1;
    else {
      const piece = inlinePiece(child, paint);
      text += strong > 0 ? paint.bold(piece) : piece;
    }
  }
  return text;
}

/** GitHub shows a quotation that begins with `[!CAUTION]` and the like as a box with that title. */
function alert(text: string, paint: Style): string {
  const kind = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]$/.exec(text)?.[1];
  if (kind === undefined) return text;
  const title = paint.bold(kind[0] + kind.slice(1).toLowerCase());
  return kind === "CAUTION" ? paint.red(title) : kind === "WARNING" ? paint.yellow(title) : paint.blue(title);
}

function inlinePiece(token: Token, paint: Style): string {
  switch (token.type) {
    case "text":
      return alert(harmless(token.content), paint);
    case "code_inline":
      return paint.cyan(harmless(token.content));
    case "softbreak":
    case "hardbreak":
      return "\n";
    case "link_close":
      return "";
    case "image":
      return harmless(token.content);
    case "html_inline":
      return /^<br\b/i.test(token.content) ? "\n" : harmless(plainHtml(token.content));
    default:
      return "";
  }
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
