import { nearest } from "../model/nearest.ts";

/**
 * The known word that `word` most likely was meant to be: one that begins with it, else the nearest; `undefined` when
 * none is near.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const begun = word.length > 1 ? known.find((candidate) => candidate.startsWith(word)) : undefined;
  return begun ?? nearest(word, known);
}
