import {
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

/** A map or a list. */
export type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

/** A map's pair, or a list's item. */
export type Item = Collection["items"][number];

/** The nodes of an item: key and value, or the one node of a list's; none where there is no item. */
export function nodesOf(item: Item | undefined): readonly (ParsedNode | null)[] {
  if (item === undefined) return [];
  return "key" in item ? [item.key, item.value] : [item];
}

/** An item of a collection, by its place. */
export interface ItemAt {
  readonly collection: Collection;
  readonly index: number;
}

/**
 * Where an item of a collection is written, from its first indicator or property to the end of its content, without
 * comments and blank lines that follow.
 */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

const lead = new Set(["explicit-key-ind", "seq-item-ind", "anchor", "tag"]);
const beforeValue = new Set(["map-value-ind", "seq-item-ind", "explicit-key-ind", "anchor", "tag"]);

/** The extent of each item of a collection, in order. */
export function extents(collection: Collection): readonly Extent[] {
  return collection.items.map((_, index) => extentOf(collection, index));
}

/** The extent of one item. A list's item starts with its dash. */
export function extentOf(collection: Collection, index: number): Extent {
  const tokens = itemTokens(collection, index);
  const value = itemValue(collection, index);
  const key = keyOf(collection, index);
  const first = tokens.start.find(({ type }) => lead.has(type))?.offset ?? key?.range[0] ?? tokens.sep[0]?.offset;
  const start = first ?? value?.range[0] ?? 0;
  const end = value === null || isEmpty(value) ? slotEnd(collection, index) : contentEnd(value);
  return { start, end: Math.max(start, end) };
}

/** Where an item's value may begin: the end of the last colon, dash or property before it, else of the key. */
export function slotEnd(collection: Collection, index: number): number {
  const { start, sep } = itemTokens(collection, index);
  const last = sep.findLast(({ type }) => beforeValue.has(type));
  if (last !== undefined) return last.offset + last.source.length;
  const key = keyOf(collection, index);
  if (key !== null) return contentEnd(key);
  const mark = start.findLast(({ type }) => beforeValue.has(type));
  return mark === undefined ? 0 : mark.offset + mark.source.length;
}

/** Where a node's content ends; the content of a block scalar includes its last line's end. */
export function contentEnd(node: ParsedNode): number {
  if (isAlias(node) || isScalar(node) || node.flow === true) return node.range[1];
  return node.items.length === 0 ? node.range[1] : extentOf(node, node.items.length - 1).end;
}

/** Whether nothing is written for the node. */
export function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.range[0] === node.range[1];
}

/** The value of a map's pair, or a list's item. */
export function itemValue(collection: Collection, index: number): ParsedNode | null {
  if (isSeq(collection)) return collection.items[index] ?? null;
  return pairOf(collection, index)?.value ?? null;
}

/** Whether a map's pair is written with a `:`; items of lists need none. */
export function hasColon(collection: Collection, index: number): boolean {
  return isSeq(collection) || itemTokens(collection, index).sep.some(({ type }) => type === "map-value-ind");
}

/** The column of the items of a block collection. */
export function columnOf(collection: Collection): number {
  const token = collection.srcToken;
  return token !== undefined && "indent" in token ? token.indent : 0;
}

function keyOf(collection: Collection, index: number): ParsedNode | null {
  return isMap(collection) ? (pairOf(collection, index)?.key ?? null) : null;
}

function pairOf(map: YAMLMap.Parsed, index: number): Pair<ParsedNode, ParsedNode | null> | undefined {
  return map.items[index];
}

interface ItemTokens {
  readonly start: readonly CST.SourceToken[];
  readonly sep: readonly CST.SourceToken[];
}

function itemTokens(collection: Collection, index: number): ItemTokens {
  if (isMap(collection)) {
    const token = pairOf(collection, index)?.srcToken;
    return { start: token?.start ?? [], sep: token?.sep ?? [] };
  }
  const token = collection.srcToken;
  if (token === undefined || !("items" in token)) return { start: [], sep: [] };
  const item = token.items[index];
  return { start: item?.start ?? [], sep: item?.sep ?? [] };
}
