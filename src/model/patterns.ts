/**
 * Whether a text with slashes in it matches a pattern: `*` is any characters but a slash, `**` any characters at all,
 * everything else itself. Takes time in proportion to the two lengths multiplied.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const letters = [...text];
  // Which places of the text the pattern so far can end at.
  let ends = [true, ...letters.map(() => false)];
  for (const token of pattern.match(/\*\*|./gsu) ?? []) ends = after(token, ends, letters);
  return ends.at(-1) ?? false;
}

function after(token: string, ends: readonly boolean[], letters: readonly string[]): boolean[] {
  const wild = token === "**" || token === "*";
  const next = [wild && (ends[0] ?? false)];
  for (let at = 1; at < ends.length; at++) {
    const letter = letters[at - 1];
    const takes = token === "**" || letter !== "/";
    next.push(
      wild ? (ends[at] ?? false) || (takes && (next[at - 1] ?? false)) : (ends[at - 1] ?? false) && letter === token,
    );
  }
  return next;
}

/** Whether one of the patterns matches; an empty list matches everything. */
export function matchesAny(text: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(text, pattern));
}
