import { code, inert } from "../../diff/index.ts";
import type { SourceCommit } from "../../model/github.ts";
import { count } from "../../model/text/lists.ts";

/** What lies between two images in the repository that they are built from. */
export interface SourceChanges {
  /** The repository's page, `https://github.com/acme/webapp`. */
  readonly url: string;
  /** A page that compares the two, where both revisions are known. */
  readonly compareUrl: string | undefined;
  /** Newest first; empty when Sluice may not read them. */
  readonly commits: readonly SourceCommit[];
  /** All of them, those not listed included. */
  readonly total: number;
}

/** The source's changes as lines of a list. What is written there are other people's words: inert. */
export function sourceSection({ url, compareUrl, commits, total }: SourceChanges, max: number): readonly string[] {
  const shown = commits.slice(0, max);
  const rest = total - shown.length;
  const name = url.replace(/^https?:\/\/[^/]+\//, "");
  const link = compareUrl === undefined ? `[${inert(name)}](${url})` : `[compare in ${inert(name)}](${compareUrl})`;
  const amount = total === 0 ? "" : `, ${count(total, "commit")}`;
  return [
    `- Source: ${link}${amount}`,
    ...shown.map(
      ({ sha, title, author, url: page }) =>
        `  - ${inert(title)} (${inert(author.slice(0, 80))}, [${code(sha.slice(0, 7))}](${page}))`,
    ),
    ...(shown.length > 0 && rest > 0 ? [`  - … and ${rest} more`] : []),
  ];
}
