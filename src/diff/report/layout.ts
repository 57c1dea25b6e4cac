import type { Completeness, Preview } from "../../model/preview.ts";
import { type DiffBlock, diffBlocks } from "./block.ts";
import { closing } from "./closing.ts";
import { type Fit, utf8, utf16 } from "./fit.ts";
import { foldChanges } from "./fold.ts";
import { opening } from "./opening.ts";

/** Options of a report. */
export interface ReportOptions {
  /** UTF-16 units that the comment may have; at least 1,500. Default 65,000. */
  readonly limit?: number;
  /** Where the check can be read, for the comment's link to it. */
  readonly detailsUrl?: string;
  /** In place of the first line of the comment: Markdown, taken as it is. */
  readonly title?: string;
  /** The repository's page on GitHub, for links to commits. */
  readonly repositoryUrl?: string;
}

/** Which block stands where. Blocks keep their order, the riskiest first. */
export interface Layout {
  readonly comment: readonly DiffBlock[];
  readonly summary: readonly DiffBlock[];
  readonly text: readonly DiffBlock[];
  readonly nowhere: readonly DiffBlock[];
  readonly completeness: Completeness;
  readonly commentOpening: string;
  readonly summaryOpening: string;
}

/** Below GitHub's limit of 65,535 by what the words around need. */
export const checkLimit = 65_000;
export const commentLimit = 65_000;
/** Room for the sentence that says where the other diffs are, and for counts that grow. */
const reserve = 500;

/** Room of each page that the opening may take when there are diffs to show. */
const openingShare = 0.6;

function commentOpening(preview: Preview, options: ReportOptions): string {
  const budget = ((options.limit ?? commentLimit) - reserve) * openingShare;
  const title = options.title === undefined ? undefined : `${options.title}\n\n`;
  return opening(preview, { ...options, title }, { budget, measure: utf16, elsewhere: ", listed in the check" });
}

function summaryOpening(preview: Preview, { repositoryUrl }: ReportOptions): string {
  const budget = (checkLimit - reserve) * openingShare;
  return opening(preview, { title: "", repositoryUrl }, { budget, measure: utf8, elsewhere: "" });
}

/** The closing lines of a page of `limit`. */
export function pageClosing(preview: Preview, completeness: Completeness, limit: number): string {
  return closing(preview, completeness, { budget: limit * 0.15, measure: utf8, elsewhere: "" });
}

/**
 * Shares the diffs out: the comment takes the riskiest, the check's text what the comment could not hold and then what
 * it has room for, the check's summary the rest. A diff that none can hold is counted as truncated, and so is one with
 * lines too long for any page.
 */
export function layOut(preview: Preview, options: ReportOptions): Layout {
  const key = JSON.stringify([options.limit, options.detailsUrl, options.title, options.repositoryUrl]);
  const layouts = known.get(preview) ?? new Map<string, Layout>();
  known.set(preview, layouts);
  const layout = layouts.get(key) ?? compute(preview, options);
  layouts.set(key, layout);
  return layout;
}

/** The comment and the check of one preview ask for the same layout. */
const known = new WeakMap<Preview, Map<string, Layout>>();

function compute(preview: Preview, options: ReportOptions): Layout {
  const limit = options.limit ?? commentLimit;
  const openings = {
    commentOpening: commentOpening(preview, options),
    summaryOpening: summaryOpening(preview, options),
  };
  const blocks = foldChanges(preview).flatMap(diffBlocks);
  const end = utf16(pageClosing(preview, preview.completeness, limit)) + reserve;
  const inComment = take(blocks, limit - utf16(openings.commentOpening) - end, utf16);
  const others = blocks.filter((block) => !inComment.has(block));
  const inText = take([...others, ...inComment], checkLimit, utf8);
  const left = others.filter((block) => !inText.has(block));
  const summaryEnd = utf8(pageClosing(preview, preview.completeness, checkLimit)) + reserve;
  const inSummary = take(left, checkLimit - utf8(openings.summaryOpening) - summaryEnd, utf8);
  const nowhere = left.filter((block) => !inSummary.has(block));
  return {
    comment: [...inComment],
    text: blocks.filter((block) => inText.has(block)),
    summary: [...inSummary],
    nowhere,
    ...openings,
    completeness: { ...preview.completeness, truncated: preview.completeness.truncated + lost(blocks, nowhere) },
  };
}

/** The resource changes that stand whole in `blocks`, given all blocks. */
export function wholeChanges(all: readonly DiffBlock[], blocks: readonly DiffBlock[]): number {
  const needed = new Map<DiffBlock["group"], number>();
  for (const { group } of all) needed.set(group, (needed.get(group) ?? 0) + 1);
  for (const { group } of blocks) needed.set(group, (needed.get(group) ?? 0) - 1);
  return [...needed].filter(([, missing]) => missing <= 0).reduce((sum, [group]) => sum + group.members.length, 0);
}

function lost(all: readonly DiffBlock[], nowhere: readonly DiffBlock[]): number {
  const groups = new Set([...nowhere, ...all.filter(({ cut }) => cut)].map(({ group }) => group));
  return [...groups].reduce((sum, group) => sum + group.members.length, 0);
}

function take(blocks: readonly DiffBlock[], room: number, measure: Fit["measure"]): ReadonlySet<DiffBlock> {
  const taken = new Set<DiffBlock>();
  let left = room;
  for (const block of blocks) {
    const size = measure(block.text) + 1;
    if (size > left) continue;
    taken.add(block);
    left -= size;
  }
  return taken;
}
