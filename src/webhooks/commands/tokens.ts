/** A piece of what follows a command's name. A flag's `value` is what follows `=`. */
export type Token =
  | { readonly kind: "word"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "flag"; readonly name: string; readonly value: string | undefined; readonly text: string };

const DOUBLE = `["“”„‟«»]([^"“”„‟«»]*)["“”„‟«»]`;
const SINGLE = "['‘’‚‛]([^'‘’‚‛]*)['‘’‚‛]";
const DASHES = "(?:--|[—–―−][-—–―−]?|-[—–―−])";

/**
 * Something in quotes of any kind, or without blanks. Quotes and backticks count only when they begin and end a word:
 * `don't` is one.
 */
const PIECE = new RegExp(`(${DASHES}[\\w-]+=)?(?:${DOUBLE}|${SINGLE}|\`([^\`]*)\`)(?=\\s|$)|(\\S+)`, "g");
const FLAG = new RegExp(`^${DASHES}([a-z][\\w-]*)(?:=(.*))?$`, "is");
const SINGLE_DASH = /^-([a-z][\w-]+)(?:=(.*))?$/is;

/**
 * Takes the text apart. Phones make one long dash of two short ones, so that both begin a flag; a single short dash
 * does before the name of a flag in `known`. Flags' names are in small letters.
 */
export function tokensOf(text: string, known: readonly string[]): readonly Token[] {
  return [...text.matchAll(PIECE)].map(([whole, flag, double, single, ticks, bare]): Token => {
    if (flag !== undefined) return flagToken(flag.replace(/^\W+/, "").slice(0, -1), double ?? single ?? ticks, whole);
    if (bare === undefined) return { kind: "word", text: double ?? single ?? ticks ?? "", quoted: true };
    const [, name, value] = FLAG.exec(bare) ?? knownFlag(bare, known) ?? [];
    return name === undefined ? { kind: "word", text: bare, quoted: false } : flagToken(name, value, bare);
  });
}

function flagToken(name: string, value: string | undefined, text: string): Token {
  return { kind: "flag", name: name.toLowerCase(), value, text };
}

function knownFlag(text: string, known: readonly string[]): RegExpExecArray | undefined {
  const match = SINGLE_DASH.exec(text);
  return match?.[1] !== undefined && known.includes(match[1].toLowerCase()) ? match : undefined;
}
