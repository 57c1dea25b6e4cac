/**
 * How many letters must be changed, added, dropped or swapped with their neighbour to make one word the other
 * (Damerau-Levenshtein, each place edited once).
 */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      row.push(swapped ? Math.min(best, at(before, j - 2) + 1) : best);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

/**
 * The word that was probably meant: two slips in a word of seven letters or more, else one; none where three letters
 * were meant, for `/ask` and `/back` are other bots' commands; `undefined` when none is that near.
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  const allowed = word.length > 6 ? 2 : 1;
  const near = known
    .filter((one) => one.length > 3)
    .map((one) => ({ one, far: distance(word, one) }))
    .filter(({ far }) => far <= allowed);
  return near.sort((a, b) => a.far - b.far)[0]?.one;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
