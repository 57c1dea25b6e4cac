const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const spacing = /[\r\n\t]+/g;

/**
 * Text on one line with every control, format (bidi overrides, zero-width) and lone surrogate character shown as an
 * escape.
 */
export function visible(text: string): string {
  return text.replace(spacing, " ").replace(invisible, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}

/** Text on one line: each run of white space is one blank. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").toWellFormed();
}

/** The text, cut to at most `max` UTF-16 units with an ellipsis at its end, never inside a character. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A sentence with the stop at its end, where it has none. */
export function stopped(sentence: string): string {
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
}
