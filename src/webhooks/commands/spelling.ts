import { nearest } from "../../model/nearest.ts";

/** The slash, and those that look like it or stand in its place on other keyboards. */
const SLASHES = "/／⁄∕⧸╱";

/** What is not seen: joiners, marks of direction, fillers, variation selectors, controls. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/** What makes the text look other than it is read: bidirectional overrides, embeddings and isolates, and controls. */
const MISLEADING = /[\u202a-\u202e\u2066-\u2069\p{Cc}]/u;

const BLANK = /[\t\v\f\u0085\u2028\u2029\p{Zs}]/gu;
const COMMENT = /<!--.*?(?:-->|$)/g;

/** A slash and one word of letters and dashes, then a blank or the end: `/etc/passwd` and `/v1.2` are none. */
const SHAPE = new RegExp(`^[${SLASHES}](\\p{L}[\\p{L}-]{0,29})(?: +(.*))?$`, "u");

/** How people dress a command up, so that one cannot be sure whether they give it or speak of it. */
const DRESSED: readonly (readonly [around: RegExp, where: string])[] = [
  [/^ {0,3}(?:[-*+]|\d{1,9}[.)]) +(?:\[[ xX]\] +)?(\S.*)$/u, "it stands in a list"],
  [/^ {0,3}`{1,3}([^`]+)`{1,3}$/u, "it stands in backticks"],
  [/^ {0,3}(?:\*\*\*|\*\*|\*|___|__|_)([/／].*?)(?:\*\*\*|\*\*|\*|___|__|_)$/u, "it is bold or in italics"],
];

/** A line that has a command's shape. */
export interface Spelt {
  /** In small letters. */
  readonly name: string;
  /** What follows the name, without what is not seen; every blank is a space. */
  readonly rest: string;
  /** Why nobody can be sure what its author saw. */
  readonly doubt: string | undefined;
}

/**
 * Reads a line as a person sees it; `undefined` when it has not a command's shape. HTML comments within it are not seen
 * either.
 */
export function spell(text: string): Spelt | undefined {
  const plain = text.replaceAll(COMMENT, " ").replaceAll(BLANK, " ").trimEnd();
  for (const [around, where] of DRESSED) {
    const [, inner] = around.exec(plain) ?? [];
    const spelt = inner === undefined ? undefined : spell(inner);
    if (spelt !== undefined) return { ...spelt, doubt: spelt.doubt ?? where };
  }
  const line = plain.replace(/^ {1,3}(?=\S)/, "");
  const match = SHAPE.exec(line.replaceAll(UNSEEN, "").trimEnd());
  if (match?.[1] === undefined) return undefined;
  return { name: match[1].toLowerCase(), rest: match[2]?.trim() ?? "", doubt: doubtOf(line, `/${match[1]}`) };
}

function doubtOf(line: string, start: string): string | undefined {
  const [first = ""] = line.replaceAll(UNSEEN, "");
  if (first !== "/") return `it begins with \`${first}\` (${codePoint(first)}), which only looks like a slash`;
  if (!line.startsWith(start)) return "there is a character in or before its name that one cannot see";
  if (!MISLEADING.test(line)) return undefined;
  return "there is a character in it that can make it look other than it is read";
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * The word that was probably meant: two slips in a word of seven letters or more, else one. None where three letters
 * were meant, for `/ask` and `/back` are other bots' commands; `undefined` when none is that close.
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  const long = known.filter((one) => one.length > 3);
  return nearest(word, long, word.length > 6 ? 2 : 1);
}
