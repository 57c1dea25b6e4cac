const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const spacing = /[\r\n\t]+/g;

/** Text on one line with every control, format (bidi overrides, zero-width) and lone surrogate character shown as an escape. */
export function visible(text: string): string {
  return text.replace(spacing, " ").replace(invisible, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}

/** As `visible`, and cut to `limit` UTF-16 units, never inside a character. */
export function shortened(text: string, limit: number): string {
  const clean = visible(text);
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
