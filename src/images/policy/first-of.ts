/** The first `max` of a list in the order of `compare`, without sorting all of it. */
export function firstOf<T>(list: Iterable<T>, max: number, compare: (a: T, b: T) => number): readonly T[] {
  const first: T[] = [];
  if (max <= 0) return first;
  for (const item of list) {
    const last = first.at(-1);
    if (first.length >= max && last !== undefined && compare(item, last) >= 0) continue;
    if (first.length >= max) first.pop();
    const at = first.findIndex((other) => compare(item, other) < 0);
    first.splice(at < 0 ? first.length : at, 0, item);
  }
  return first;
}
