import { styleText } from "node:util";

/** Paints text for a terminal, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  cyan(text: string): string;
  /** A clickable link where the terminal knows them; the bare address elsewhere. */
  link(text: string, url: string): string;
}

type Format = Parameters<typeof styleText>[0];

/** The style of an output that shows colours, or of one that does not. */
export function style(colours: boolean): Style {
  const paint = (format: Format) => (text: string) =>
    colours && text !== "" ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    blue: paint("blue"),
    cyan: paint("cyan"),
    link: (text, url) => (colours ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : url),
  };
}

/**
 * Control characters except tab and newline, and characters that change the direction of text: both can deceive the
 * reader.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const DECEIVING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a repository made harmless for a terminal: control and direction characters become `\u{1b}`. */
export function harmless(text: string): string {
  return text.replace(DECEIVING, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** Like `harmless`, on one line. */
export function oneLine(text: string): string {
  return harmless(text.replaceAll(/\s*\n\s*/g, " ").trim());
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /\u001b\[[0-9;]*m|\u001b\]8;;[^\u001b]*\u001b\\/g;

/**
 * Characters that take two columns: emoji, and the scripts of East Asia (the wide ranges of Unicode's EastAsianWidth,
 * roughly).
 */
const WIDE =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

/** How many columns a text takes, its escape sequences left out. */
export function width(text: string): number {
  return [...text.replace(ESCAPES, "").replace(WIDE, "xx")].length;
}

/** Pads to `columns`, escape sequences left out. */
export function pad(text: string, columns: number, side: "left" | "right" = "right"): string {
  const space = " ".repeat(Math.max(0, columns - width(text)));
  return side === "right" ? text + space : space + text;
}

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Lines of a table with columns as wide as their widest cell; columns without any text in their cells are left out. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Style,
): readonly string[] {
  const used = columns.flatMap((column, index) => (rows.some((row) => row[index]) ? [{ ...column, index }] : []));
  const measured = used.map((column) => ({
    ...column,
    columns: Math.max(width(column.title), ...rows.map((row) => width(row[column.index] ?? ""))),
  }));
  const line = (cell: (column: (typeof measured)[number]) => string) =>
    measured
      .map((column) => pad(cell(column), column.columns, column.align === "right" ? "left" : "right"))
      .join("  ")
      .trimEnd();
  return [line((column) => paint.dim(column.title)), ...rows.map((row) => line((column) => row[column.index] ?? ""))];
}

/** A message on a terminal: names are in quotes there, not in the backticks of Markdown. */
export function terminalMessage(message: string): string {
  return harmless(message.replaceAll(/`([^`]+)`/g, '"$1"'));
}

const properNames = /^(?:Amazon|Argo|Azure|Docker|Flux|Git|GitHub|Go|Google|Helm|Node|PostgreSQL|Redis|Sluice)\b/;

/** A fix on a terminal: it begins small, has no stop at its end, and names what there is in brackets. */
export function terminalFix(fix: string): string {
  const known = fix.replace(
    /^([Dd]id you mean .+\?) [Tt]he [^`]+ (?:are|of "[^"]*" are) (`.+)$/,
    (_, guess, names) => `${guess} (${names.replace(/\.$/, "")})`,
  );
  const suggested = known.replaceAll(/([Dd]id you mean )`([^`]+)`/g, '$1"$2"').replaceAll(/`([^`]+)`/g, "$1");
  const begun =
    /^[A-Z][a-z]/.test(suggested) && !properNames.test(suggested)
      ? suggested.charAt(0).toLowerCase() + suggested.slice(1)
      : suggested;
  return harmless(begun.replace(/\.$/, ""));
}
