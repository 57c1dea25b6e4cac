import type { Item } from "./item.ts";
import type { Pair } from "./match.ts";
import { equal } from "./value.ts";

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
    items.filter(({ id, object }) => id.name !== "" && hasName(object)),
    ({ key }) => key,
  );
  return new Map([...groups].filter(([, copies]) => copies.length > 1));
}

function hasName({ metadata }: Item["object"]): boolean {
  return typeof metadata === "object" && metadata !== null && "name" in metadata;
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
  const left = new Set(others.slice(0, maxCopies));
  const first: Item[] = [];
  for (const one of ones.slice(0, maxCopies)) {
    const same = [...left].find((other) => equal(one.object, other.object)) ?? [...left][0];
    if (same === undefined) continue;
    left.delete(same);
    first.push(same);
  }
  const pairs = ones.flatMap((one, index) => (first[index] === undefined ? [] : changed(one, first[index])));
  const [original = others[0]] = first;
  const copies = [...left].filter((copy) => copy !== original);
  if (original === undefined) return pairs;
  return [...pairs, ...copies.flatMap((copy) => changed(original, copy).map((pair) => ({ ...pair, copy: true })))];
}

function changed(base: Item, head: Item): readonly { how: "same"; base: Item; head: Item }[] {
  return equal(base.object, head.object) ? [] : [{ how: "same", base, head }];
}
