/** What GitHub's reason for not merging means. `unclear`: only the pull request itself tells. */
export type MergeRefusal = "retry" | "moved" | "conflict" | "queue" | "refused" | "unclear";

/**
 * What the words of a refusal mean, the first that fits. GitHub documents only "405: cannot be performed"; these are
 * the texts that it sends.
 */
const WORDS: readonly (readonly [RegExp, MergeRefusal])[] = [
  [/merge queue/i, "queue"],
  [/head (branch|sha|ref|oid|commit)\b.*\b(modified|changed|match)|expected ?head/i, "moved"],
  [/base branch was modified|already in progress|try (the merge )?again|being (created|processed)/i, "retry"],
  [/conflict|can(no|')t be (cleanly |automatically )?(merged|rebased|created)|not be cleanly/i, "conflict"],
  [/not mergeable|already (been )?merged|(is|was) (closed|merged)|not (in )?open|draft/i, "unclear"],
];

/**
 * Reads a refusal. What people named (a check, a branch) is in quotes and means nothing. An unknown refusal counts as a
 * rule that is not met.
 */
export function mergeRefusal(text: string): MergeRefusal {
  const bare = text.replaceAll(/"[^"]*"|“[^”]*”|`[^`]*`/g, "…");
  return WORDS.find(([words]) => words.test(bare))?.[1] ?? "refused";
}
