const squashed = /\(#(\d{1,9})\)$/;
const merged = /^Merge pull request #(\d{1,9}) from /;

/**
 * The pull request that a commit's message names, as GitHub writes it for squashed and merged ones; for merges also the
 * title, which is the second line.
 */
export function changeOf(message: string): { readonly subject: string; readonly pullRequest: number | undefined } {
  const [first = "", ...rest] = message.split(/\r?\n/);
  const merge = merged.exec(first);
  if (merge?.[1] !== undefined) {
    return { subject: rest.find((line) => line.trim() !== "")?.trim() ?? first, pullRequest: Number(merge[1]) };
  }
  const squash = squashed.exec(first.trim());
  if (squash?.[1] === undefined) return { subject: first.trim(), pullRequest: undefined };
  return { subject: first.trim().slice(0, squash.index).trim(), pullRequest: Number(squash[1]) };
}
