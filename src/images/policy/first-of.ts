/** The first `max` of a list in the order of `compare`, without sorting all of it. */
export function firstOf<T>(list: Iterable<T>, max: number, compare: (a: T, b: T) => number): readonly T[] {
  const kept: T[] = [];
  if (max <= 0) return kept;
  for (const item of list) {
    const last = kept.at(-1);
    if (kept.length >= max && last !== undefined && compare(item, last) >= 0) continue;
    if (kept.length >= max) kept.pop();
    const at = kept.findIndex((other) => compare(item, other) < 0);
    kept.splice(at < 0 ? kept.length : at, 0, item);
  }
  return kept;
}
