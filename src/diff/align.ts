import { mergeKeys } from "./list-keys.ts";
import { at, equal, isList, isObject, mapObject, type Value, type ValueObject } from "./value.ts";

/** What `alignLists` did: the base in the head's order, and how many items moved. */
interface Aligned {
  readonly base: ValueObject;
  readonly moved: number;
}

/**
 * Puts the items of lists whose order does not count (containers, env, volumes, …) in the base into the head's order,
 * so that only what differs shows as different. Items that the head lacks stay where they stood relative to the items
 * before them.
 */
export function alignLists(base: ValueObject, head: ValueObject): Aligned {
  const counter = { moved: 0 };
  const aligned = alignObject(base, head, counter);
  return { base: aligned, moved: counter.moved };
}

interface Counter {
  moved: number;
}

function alignObject(base: ValueObject, head: ValueObject, counter: Counter): ValueObject {
  return mapObject(base, (value, key) => {
    const other = at(head, key);
    if (isObject(value) && isObject(other)) return alignObject(value, other, counter);
    if (isList(value) && isList(other)) return alignList(key, value, other, counter);
    return value;
  });
}

function alignList(field: string, base: readonly Value[], head: readonly Value[], counter: Counter): readonly Value[] {
  if (equal(base, head)) return base;
  const baseKeys = mergeKeys(field, base);
  const headKeys = mergeKeys(field, head);
  if (baseKeys === undefined || headKeys === undefined) return alignByIndex(base, head, counter);
  const counterparts = new Map(headKeys.map((key, index) => [key, head[index]]));
  const items = base.map((item, index) => alignItem(item, counterparts.get(baseKeys[index] ?? ""), counter));
  const order = targetOrder(baseKeys, headKeys);
  const moved = order.filter((from, to) => from !== to).length;
  if (moved === 0) return equal(items, base) ? base : items;
  counter.moved += moved;
  return order.flatMap((from) => items.slice(from, from + 1));
}

function alignByIndex(base: readonly Value[], head: readonly Value[], counter: Counter): readonly Value[] {
  return base.length === head.length ? base.map((item, index) => alignItem(item, head[index], counter)) : base;
}

function alignItem(item: Value, other: Value | undefined, counter: Counter): Value {
  return isObject(item) && isObject(other) ? alignObject(item, other, counter) : item;
}

/**
 * The base's indices in the order that the head gives them; items only in the base follow the item that they followed.
 */
function targetOrder(baseKeys: readonly string[], headKeys: readonly string[]): readonly number[] {
  const inHead = new Set(headKeys);
  const followers = new Map<string, number[]>();
  const indexOf = new Map<string, number>();
  let leader = "";
  for (const [index, key] of baseKeys.entries()) {
    indexOf.set(key, index);
    if (inHead.has(key)) leader = `:${key}`;
    else if (!followers.get(leader)?.push(index)) followers.set(leader, [index]);
  }
  const order = [...(followers.get("") ?? [])];
  for (const key of headKeys) {
    const index = indexOf.get(key);
    if (index !== undefined) order.push(index, ...(followers.get(`:${key}`) ?? []));
  }
  return order;
}
