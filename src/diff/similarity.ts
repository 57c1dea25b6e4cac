import type { Item } from "./item.ts";
import { isList, isObject, NumberText, type Value } from "./value.ts";

/**
 * Two resources of one kind are one that was renamed when at least this part of their leaves is shared (Jaccard index).
 */
const minSimilarity = 0.5;
const maxLeaves = 2000;
/** A longer line is taken apart. */
const maxLeaf = 400;
/** A leaf that more resources than this share does not help to tell them apart. */
const maxPostings = 64;
const maxCandidates = 8;

/** The part of leaves (path and value, name and namespace left out) that two resources share: 0 to 1. */
export function similarity(base: Item, head: Item): number {
  return jaccard(leavesOf(base), leavesOf(head));
}

/**
 * Pairs of resources that are alike enough to be one under two names, the likeliest first, each resource at most once.
 * Looks only at pairs that share an uncommon leaf, so that the cost stays near to linear in the number of resources.
 */
export function pairSimilar(base: readonly Item[], head: readonly Item[]): readonly (readonly [Item, Item])[] {
  if (base.length === 0 || head.length === 0) return [];
  const baseLeaves = base.map(leavesOf);
  const headLeaves = head.map(leavesOf);
  const index = indexLeaves(headLeaves);
  const scored = baseLeaves.flatMap((leaves, one) =>
    candidates(leaves, index).map((other) => ({ one, other, score: jaccard(leaves, headLeaves[other] ?? new Set()) })),
  );
  scored.sort((a, b) => b.score - a.score || a.one - b.one || a.other - b.other);
  return greedy(
    scored.filter(({ score }) => score >= minSimilarity),
    base,
    head,
  );
}

function greedy(
  scored: readonly { one: number; other: number }[],
  base: readonly Item[],
  head: readonly Item[],
): readonly (readonly [Item, Item])[] {
  const taken = new Set<Item>();
  const pairs: (readonly [Item, Item])[] = [];
  for (const { one, other } of scored) {
    const from = base[one];
    const to = head[other];
    if (from === undefined || to === undefined || taken.has(from) || taken.has(to)) continue;
    taken.add(from).add(to);
    pairs.push([from, to]);
  }
  return pairs;
}

function indexLeaves(all: readonly ReadonlySet<string>[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [position, leaves] of all.entries()) {
    for (const leaf of leaves) {
      const postings = index.get(leaf);
      if (postings === undefined) index.set(leaf, [position]);
      else if (postings.length <= maxPostings) postings.push(position);
    }
  }
  return index;
}

function candidates(leaves: ReadonlySet<string>, index: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const shared = new Map<number, number>();
  for (const leaf of leaves) {
    const postings = index.get(leaf) ?? [];
    if (postings.length > maxPostings) continue;
    for (const position of postings) shared.set(position, (shared.get(position) ?? 0) + 1);
  }
  const ranked = [...shared].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return ranked.slice(0, maxCandidates).map(([position]) => position);
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const leaf of a) if (b.has(leaf)) shared++;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
}

function leavesOf(item: Item): ReadonlySet<string> {
  const leaves = new Set<string>();
  for (const [key, value] of Object.entries(item.object)) {
    if (key !== "apiVersion" && key !== "kind") collect(value, key, leaves);
  }
  leaves.delete(`metadata.name=${item.id.name}`);
  leaves.delete(`metadata.namespace=${item.id.namespace}`);
  return leaves;
}

function collect(value: Value, path: string, leaves: Set<string>): void {
  if (leaves.size >= maxLeaves) return;
  if (isList(value)) for (const item of value) collect(item, `${path}[]`, leaves);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) collect(item, `${path}.${key}`, leaves);
  else for (const part of partsOf(value)) leaves.add(`${path}=${part}`);
}

/** A text is compared by its lines, a long line (a minified file) by what stands between commas: each is a leaf. */
function partsOf(value: null | boolean | number | string | NumberText): readonly string[] {
  if (typeof value !== "string") return [value instanceof NumberText ? value.text : String(value)];
  if (value.length <= maxLeaf && !value.includes("\n")) return [value];
  return value.split("\n").flatMap((line) => (line.length > maxLeaf ? line.split(",") : [line]));
}
