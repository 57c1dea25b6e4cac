import type { SourceChanges } from "../../change/source/section.ts";
import { shortVersion } from "../../change/text/version.ts";
import { inert } from "../../diff/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { count } from "../../model/text/lists.ts";

/** An image of a promotion with the repository that it is built from. */
export interface ImageCommits {
  readonly image: string;
  readonly source: SourceChanges;
}

/**
 * `[All 9 commits between 1.4.0 and 1.5.0](…) in acme/webapp`; without a page that compares, where it is built from.
 */
export function betweenText({ url, compareUrl, total }: SourceChanges, change: VersionChange | undefined): string {
  const name = inert(url.replace(/^https?:\/\/[^/]+\//, ""));
  if (compareUrl === undefined) return `Built from [${name}](${url})`;
  const amount = total === 0 ? "All commits" : total === 1 ? "The 1 commit" : `All ${count(total, "commit")}`;
  const between =
    change === undefined || change.from === ""
      ? ""
      : ` between ${inert(shortVersion(change.from))} and ${inert(shortVersion(change.to))}`;
  return `[${amount}${between}](${compareUrl}) in ${name}`;
}
