/** Plain in YAML 1.1 and 1.2 beyond doubt, except for the words and numbers below. */
const simple = /^[A-Za-z_/.][A-Za-z0-9_/.-]*$/;
const word = /^(?:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan|[-+]\.inf)$/i;
const integer = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/;
const float = /^[-+]?[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?$/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}/;
/** An indicator at the start, a comment or a mapping inside, or white space at an end. */
const indicator = /^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`=<]|: |:$| #|^\s|\s$/;
/** Control, format (bidi overrides, zero-width) and separator characters, lone surrogates, private use. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Cn}]/u;
const invisibleInBlock = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Cn}]/u;
const document = /^(?:---|\.\.\.)/;

/**
 * A string as one line of YAML: plain where every YAML reader takes it for that string, quoted otherwise; invisible
 * characters as escapes.
 */
export function yamlString(text: string): string {
  if (simple.test(text)) return isOther(text) ? `"${text}"` : text;
  if (text === "") return '""';
  if (invisible.test(text)) return doubleQuoted(text);
  if (!indicator.test(text) && !isOther(text)) return text;
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** Whether a string of several lines can stand as a literal block and be read back the same. */
export function fitsLiteralBlock(text: string): boolean {
  if (!text.includes("\n") || invisibleInBlock.test(text)) return false;
  return !/^\n*[ \t]/.test(text) && !/(?:^|\n)[ \t]+(?:\n|$)/.test(text) && /[^\n]/.test(text);
}

/** The header of a literal block: how the newlines at the end of the text are kept. */
export function literalHeader(text: string): string {
  if (!text.endsWith("\n")) return "|-";
  return text.endsWith("\n\n") ? "|+" : "|";
}

/** Whether a reader would take the plain text for something other than a string. */
function isOther(text: string): boolean {
  return word.test(text) || looksNumeric(text) || document.test(text);
}

function looksNumeric(text: string): boolean {
  if (!/^[-+.0-9eE]/.test(text)) return false;
  return integer.test(text) || float.test(text) || sexagesimal.test(text) || timestamp.test(text);
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

function doubleQuoted(text: string): string {
  let quoted = "";
  for (const char of text) quoted += named[char] ?? (invisible.test(char) ? escaped(char) : char);
  return `"${quoted}"`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
