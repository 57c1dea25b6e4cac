/**
 * The least number of insertions, deletions, replacements and swaps of neighbours between two words
 * (Damerau–Levenshtein, optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(best, at(beforeLast, j - 2) + 1) : best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/**
 * The known word that was probably meant, `undefined` when none is close: at most `maxSlips` letters differ (see
 * `editDistance`), a third of the longer word's when that is not given. Case, dashes and blanks do not count.
 */
export function nearest(word: string, known: readonly string[], maxSlips?: number): string | undefined {
  if (word.length > 100) return undefined;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(simple(word), simple(name));
    const allowed = maxSlips ?? Math.max(1, Math.floor(Math.max(name.length, word.length) / 3));
    const close = distance <= allowed && distance < name.length;
    if (close && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** `pull_request`, `pull-request` and `PullRequest` are all `pullrequest`. */
function simple(word: string): string {
  return word.toLowerCase().replace(/[_\-\s]/g, "");
}
