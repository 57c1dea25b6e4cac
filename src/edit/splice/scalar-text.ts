import type { ScalarValue } from "./types.ts";

/** Where a scalar is written, which decides what needs quotes. */
export interface Surroundings {
  /** Inside of `{}` or `[]`. */
  readonly flow: boolean;
  /** JSON: every string is in double quotes. */
  readonly json: boolean;
}

const word = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|<<|=)$/i;
/** Readers written in Go take a second sign after the prefix. */
const integer = /^[-+]?(?:0b[-+]?[01]+|0o[-+]?[0-7]+|0x[-+]?[0-9a-f]+|[0-9]+)$/i;
/** PyYAML takes them for numbers and then fails to read them. */
const withoutDigits = /^[-+]?0[bx]_+$/;
const float = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]*)(?:e[-+]?[0-9]+)?$/i;
/** The library `yaml` reads an exponent without digits before it as a number of YAML 1.1. */
const exponent = /^[-+]?e[-+]?[0-9]+$/i;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const clock = /(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?/.source;
const date = new RegExp(`^\\d{4}-\\d{1,2}-\\d{1,2}(?:${clock})?$`);

/** Indicators at the start, a mapping or a comment inside, a document's mark, or white space at an end. */
const indicator = /^(?:[-?:](?:[ \t]|$)|[,[\]{}#&*!|>'"%@`]|(?:---|\.\.\.)(?:[ \t]|$))|:(?:[ \t]|$)|[ \t]#|^\s|\s$/;
const flowIndicator = /^[-:]|[?,[\]{}]/;
/** Control and format characters, byte order marks, separators and noncharacters: written as escapes. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFE\uFFFF]/u;
const escapes = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;

/** Whether a YAML 1.1 or 1.2 reader reads the plain text as something other than a string. */
export function isTyped(text: string): boolean {
  return text === "" || word.test(text) || isNumeric(text);
}

function isNumeric(text: string): boolean {
  if (!/^[-+.0-9e]/i.test(text)) return false;
  // Readers written in Go drop every underscore first.
  const digits = text.replaceAll("_", "");
  return (
    integer.test(digits) ||
    withoutDigits.test(text) ||
    float.test(digits) ||
    exponent.test(digits) ||
    sexagesimal.test(text) ||
    date.test(text)
  );
}

/** Whether every YAML reader reads the text without quotes as this string. */
export function fitsPlain(text: string, { flow, json }: Surroundings): boolean {
  if (json || isTyped(text) || indicator.test(text) || unprintable.test(text)) return false;
  return !flow || !flowIndicator.test(text);
}

/** Whether the text can be written in single quotes on one line. */
export function fitsSingle(text: string): boolean {
  return !unprintable.test(text);
}

/** The text in single quotes. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The text in double quotes, with escapes that JSON knows too. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(escapes, escaped)}"`;
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

function escaped(character: string): string {
  const known = named[character];
  if (known !== undefined) return known;
  // Characters outside the first plane are printable in YAML, and it has no escapes for their two halves.
  if (character.length > 1) return character;
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A value as one line of YAML: plain where every reader agrees on it, else quoted. */
export function scalarText(value: ScalarValue, where: Surroundings): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (fitsPlain(value, where)) return value;
  if (!where.json && /["\\]/.test(value) && fitsSingle(value)) return singleQuoted(value);
  return doubleQuoted(value);
}
