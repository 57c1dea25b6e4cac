import type { Completeness, Preview } from "../../model/preview.ts";
import { type DiffBlock, diffBlocks } from "./block.ts";
import type { BlockContext } from "./block-words.ts";
import { closing, noteLines } from "./closing.ts";
import { deployersSection, notSeenText } from "./deployed.ts";
import { driftSection } from "./drift.ts";
import { randomNote } from "./facts.ts";
import { type Fit, utf8, utf16 } from "./fit.ts";
import { type ChangeGroup, foldChanges } from "./fold.ts";
import { opening } from "./opening.ts";
import type { ReportOptions } from "./options.ts";
import { whySection } from "./why.ts";

/** Which block stands where. Blocks keep their order, the riskiest first. */
export interface Layout {
  readonly comment: readonly DiffBlock[];
  /** Pages of the check. */
  readonly text: readonly DiffBlock[];
  readonly summary: readonly DiffBlock[];
  readonly nowhere: readonly DiffBlock[];
  readonly completeness: Completeness;
  readonly opening: string;
  readonly ending: string;
}

/** Below GitHub's limit of 65,535 by what the words around need. */
export const checkLimit = 65_000;
export const commentLimit = 60_000;
/** What stands before the diffs. */
const openingLimit = 6_000;
/** Room for the sentence that says where the other diffs are. */
const reserve = 700;

/**
 * Shares the diffs out: the comment takes the riskiest, the check's text what the comment could not hold and then what
 * it has room for, the check's summary the rest. A diff that none can hold is counted as truncated, and so is one with
 * lines too long for any page.
 */
export function layOut(preview: Preview, options: ReportOptions): Layout {
  const { detailsUrl: _, ...deciding } = options;
  const key = JSON.stringify(deciding);
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
  const groups = foldChanges(preview);
  const fit: Fit = { budget: Math.min(openingLimit, limit * 0.6), measure: utf16, elsewhere: ", listed in the check" };
  const start = opening(preview, groups, options, fit);
  const end = ending(preview, options, limit);
  const open = openGroups(groups);
  const context = contextOf(preview, groups);
  const blocks = groups.flatMap((group) => diffBlocks(group, context, open.has(group)));
  const own = blocks.filter(
    ({ group }) => group.change.labelsOnly !== true || groups.every((one) => one.change.labelsOnly === true),
  );
  const inComment = take(own, limit - utf16(start) - utf16(end) - reserve, ({ text }) => utf16(text));
  const others = blocks.filter((block) => !inComment.has(block));
  const inText = take([...others, ...inComment], checkLimit - reserve, foldedSize);
  const left = others.filter((block) => !inText.has(block));
  const inSummary = take(left, checkLimit - 3 * reserve - openingLimit, foldedSize);
  const nowhere = left.filter((block) => !inSummary.has(block));
  return {
    comment: blocks.filter((block) => inComment.has(block)),
    text: blocks.filter((block) => inText.has(block)),
    summary: [...inSummary],
    nowhere,
    opening: start,
    ending: end,
    completeness: { ...preview.completeness, truncated: preview.completeness.truncated + lost(blocks, nowhere) },
  };
}

function contextOf(preview: Preview, groups: readonly ChangeGroup[]): BlockContext {
  const changed = preview.targets.filter(({ status }) => status !== "unchanged");
  return { targets: changed.length, apps: new Set(changed.map(({ app }) => app)).size, groups: groups.length };
}

/** What stands after the diffs. */
function ending(preview: Preview, options: ReportOptions, limit: number): string {
  const share = (part: number): Fit => ({ budget: limit * part, measure: utf16, elsewhere: "" });
  return [
    randomNote(preview),
    driftSection(preview.drift, options.repositoryUrl, share(0.05)),
    notSeenText(preview),
    deployersSection(preview, { repositoryUrl: options.repositoryUrl, head: preview.head }, share(0.05)),
    whySection(preview, share(0.05)),
    noteLines(preview.notes, share(0.05)),
  ].join("");
}

/** The last line of a comment. */
export function smallPrint(preview: Preview, { completeness }: Layout, options: ReportOptions): string {
  return closing(preview, completeness, options);
}

const maxOpen = 20;
const maxOpenByFindings = 40;

/**
 * Short diffs are open: all, where they are at most 20 lines together, with or without those of whole resources; else
 * those that a finding points to, at most 20 lines each and 40 together.
 */
function openGroups(groups: readonly ChangeGroup[]): ReadonlySet<ChangeGroup> {
  const all = groups.filter((group) => group.change.labelsOnly !== true && !isListed(group));
  if (linesOf(all) <= maxOpen) return new Set(all);
  const parts = all.filter(({ change }) => change.action === "changed" || change.action === "renamed");
  if (linesOf(parts) <= maxOpen) return new Set(parts);
  const open = new Set<ChangeGroup>();
  let room = maxOpenByFindings;
  for (const group of parts) {
    const lines = linesOf([group]);
    if (group.severity === undefined || group.severity === "notice" || lines > maxOpen || lines > room) continue;
    open.add(group);
    room -= lines;
  }
  return open;
}

/** New names stand in a list, which says it all. */
function isListed({ change, combined, isAlike }: ChangeGroup): boolean {
  return change.action === "renamed" && combined !== undefined && isAlike !== true;
}

function linesOf(groups: readonly ChangeGroup[]): number {
  return groups.reduce((sum, { change }) => sum + change.addedLines + change.removedLines, 0);
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

function foldedSize({ folded }: DiffBlock): number {
  return utf8(folded);
}

function take(
  blocks: readonly DiffBlock[],
  room: number,
  measure: (block: DiffBlock) => number,
): ReadonlySet<DiffBlock> {
  const taken = new Set<DiffBlock>();
  let left = room;
  for (const block of blocks) {
    const size = measure(block) + 1;
    if (size > left) continue;
    taken.add(block);
    left -= size;
  }
  return taken;
}
