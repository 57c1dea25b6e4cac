import type { Item } from "./item.ts";
import type { Pair } from "./pair.ts";
import { equal, textAt } from "./value.ts";

/** What is left to be matched when the copies are. */
interface Copies {
  readonly pairs: readonly Pair[];
  readonly rest: { readonly base: readonly Item[]; readonly head: readonly Item[] };
}

/** Of more copies than this the first are looked at. */
const maxCopies = 50;

/** Items by identity, where a side has an identity more than once. What gets its name from the API server has none. */
export function copiesOf(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const groups = Map.groupBy(
    items.filter(({ object }) => textAt(object, "metadata", "name") !== ""),
    ({ key }) => key,
  );
  return new Map([...groups].filter(([, copies]) => copies.length > 1));
}

/**
 * Pairs what one side defines several times, and the other at least once. The last copy is the one that counts in a
 * cluster: where copies go, the last of the base became the last of the head. Where copies come, each is compared with
 * the first.
 */
export function pairCopies(base: readonly Item[], head: readonly Item[]): Copies {
  const [before, after] = [copiesOf(base), copiesOf(head)];
  const keys = new Set([...before.keys(), ...after.keys()]);
  if (keys.size === 0) return { pairs: [], rest: { base, head } };
  const bases = Map.groupBy(base, ({ key }) => key);
  const heads = Map.groupBy(head, ({ key }) => key);
  const pairs: Pair[] = [];
  const [restBase, restHead] = [new Set(base), new Set(head)];
  for (const key of keys) {
    const [ones, others] = [bases.get(key) ?? [], heads.get(key) ?? []];
    // As many as before: each is compared with its own.
    if (ones.length === others.length) continue;
    const kept = keptOf(ones, others);
    for (const item of ones) if (item !== kept) restBase.delete(item);
    for (const item of others) if (item !== kept) restHead.delete(item);
    pairs.push(...(ones.length > others.length ? fewer(ones, others) : more(ones, others)));
  }
  return { pairs, rest: { base: [...restBase], head: [...restHead] } };
}

/** Where a side has none: the one copy that stands for all. */
function keptOf(ones: readonly Item[], others: readonly Item[]): Item | undefined {
  if (others.length === 0) return ones.at(-1);
  return ones.length === 0 ? others[0] : undefined;
}

function fewer(ones: readonly Item[], others: readonly Item[]): readonly Pair[] {
  const [one, other] = [ones.at(-1), others.at(-1)];
  return one === undefined || other === undefined ? [] : changed(one, other);
}

function more(ones: readonly Item[], others: readonly Item[]): readonly Pair[] {
  const left = others.slice(0, maxCopies);
  const kept = ones.slice(0, maxCopies).flatMap((base) => {
    const same = left.findIndex((other) => equal(base.object, other.object));
    return left.splice(Math.max(0, same), 1).map((head) => ({ base, head }));
  });
  const [original = left.shift()] = kept.map(({ head }) => head);
  return [
    ...kept.flatMap(({ base, head }) => changed(base, head)),
    ...left.flatMap((copy) => (original === undefined ? [] : changed(original, copy))).map(asCopy),
  ];
}

function asCopy(pair: ReturnType<typeof changed>[number]): Pair {
  return { ...pair, copy: true };
}

function changed(base: Item, head: Item): readonly { how: "same"; base: Item; head: Item }[] {
  return equal(base.object, head.object) ? [] : [{ how: "same", base, head }];
}
