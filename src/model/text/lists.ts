/** A whole number with commas: `61,234`. */
export function thousands(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 target`, `2 targets`, `1,200 targets`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${thousands(amount)} ${amount === 1 ? one : many}`;
}

/** For enumerations: `a, b, c`; of more than `max` the first and how many more: `a, b and 3 more`. */
export function commaList(items: readonly string[], max = 8): string {
  const more = items.length - max;
  return more > 0 ? `${items.slice(0, max).join(", ")} and ${more} more` : items.join(", ");
}

/** For sentences: `a`, `a and b`, `a, b and c`; of more than `max` the first and how many more, as `commaList`. */
export function sentenceList(items: readonly string[], max = 8): string {
  if (items.length > max || items.length < 2) return commaList(items, max);
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
