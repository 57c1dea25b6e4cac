/** What JSON writes for a NUL, or for half of a character. */
const nasty = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * The same value without what PostgreSQL cannot store in a text: each NUL and each half of a character becomes `�`.
 * `text` is the value as JSON. Registries and people may send both in whatever they like.
 */
export function cleanJson<T>(value: T, text: string): { readonly value: T; readonly text: string } {
  if (!nasty.test(text)) return { value, text };
  const clean: T = JSON.parse(text, (_key, part: unknown) => (typeof part === "string" ? cleanText(part) : part));
  return { value: clean, text: JSON.stringify(clean) };
}

/** See `cleanJson`. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
