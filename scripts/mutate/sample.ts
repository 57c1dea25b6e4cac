/** Random numbers from 0 to 1 that a seed fixes (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A share of each file that fits its size, in the order of `items`; all of them when `count` is missing. */
export function sampleOf<T extends { readonly file: string }>(
  items: readonly T[],
  count: number | undefined,
  seed: number,
): readonly T[] {
  if (count === undefined || count >= items.length) return items;
  const random = randomOf(seed);
  const byFile = [...Map.groupBy(items, ({ file }) => file).values()].map((group) => shuffled(group, random));
  // The n-th of a file's m items stands at (n + ½)/m: taking the first of all in that order gives each file its share.
  const ranked = byFile.flatMap((group) => group.map((item, n) => ({ item, rank: (n + random()) / group.length })));
  const chosen = new Set(
    ranked
      .toSorted((a, b) => a.rank - b.rank)
      .slice(0, count)
      .map(({ item }) => item),
  );
  return items.filter((item) => chosen.has(item));
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
