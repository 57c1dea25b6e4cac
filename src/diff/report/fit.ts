/** How much room a section has, and what to say of what it could not hold. */
export interface Fit {
  /** In the unit of `measure`. */
  readonly budget: number;
  readonly measure: (text: string) => number;
  /** Where the rest stands: begins with a space or a comma, or is empty. */
  readonly elsewhere: string;
}

/** Length in UTF-16 units, as GitHub counts a comment. */
export function utf16(text: string): number {
  return text.length;
}

/** Length in bytes, the strictest reading of "characters" for a check's output. */
export function utf8(text: string): number {
  return Buffer.byteLength(text);
}

/** The first of `texts` that fits the budget, or nothing. */
export function firstThatFits(texts: readonly (() => string)[], { budget, measure }: Fit): string {
  for (const text of texts) {
    const written = text();
    if (measure(written) <= budget) return written;
  }
  return "";
}
