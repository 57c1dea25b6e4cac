/** How many names a sentence lists. */
const maxListed = 5;

/** Names in code marks, the first few of them. */
export function listed(names: readonly string[], max = maxListed): string {
  const shown = names.slice(0, max).map((name) => `\`${name}\``);
  const more = names.length - max;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** `1 field`, `2 fields`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** Whether a path is a folder or lies in it; `""` is the root. */
export function isAtOrBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
