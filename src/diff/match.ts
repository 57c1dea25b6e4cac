import { pairCopies } from "./copies.ts";
import { generatedStem, hasGeneratedName } from "./generated-names.ts";
import { groupOf, type Item } from "./item.ts";
import { podSpecs } from "./pods.ts";
import { pairSimilar, similarity } from "./similarity.ts";
import { equal } from "./value.ts";

/** Two versions of one resource, or one that is new or gone. `generated`: only the content hash in the name differs. */
export type Pair =
  | {
      readonly how: "same" | "generated" | "renamed";
      readonly base: Item;
      readonly head: Item;
      /** The head has the resource twice: `base` is its first copy there, `head` the one that comes. */
      readonly copy?: boolean;
    }
  | { readonly how: "added"; readonly base?: never; readonly head: Item }
  | { readonly how: "removed"; readonly base: Item; readonly head?: never };

interface Unmatched {
  readonly base: readonly Item[];
  readonly head: readonly Item[];
}

interface Matched {
  readonly pairs: readonly Pair[];
  readonly rest: Unmatched;
}

/** Of many resources of one name only the first few are looked at. */
const maxNamesakes = 16;

/** How alike two resources of different kinds and the same name must be to be one resource that changed its kind. */
const minKindChangeSimilarity = 0.5;

/**
 * Pairs the resources of two renders that differ; equal ones are left out. First by group, kind, namespace and name
 * (repeated identities pair in order, equal ones first), then by kustomize's hash suffix, by name across namespaces, by
 * likeness within a kind, by name across kinds.
 */
export function matchItems(base: readonly Item[], head: readonly Item[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let rest: Unmatched = { base, head };
  for (const step of [byIdentity, byGeneratedName, byNameAcrossNamespaces, byLikeness, byNameAcrossKinds]) {
    const matched = step(rest);
    pairs.push(...matched.pairs);
    rest = matched.rest;
  }
  for (const item of rest.base) pairs.push({ how: "removed", base: item });
  for (const item of rest.head) pairs.push({ how: "added", head: item });
  return pairs;
}

function byIdentity({ base, head }: Unmatched): Matched {
  const copies = pairCopies(base, head);
  const matched = byKey(
    copies.rest.base,
    copies.rest.head,
    (item) => item.key,
    (one, other) => (equal(one.object, other.object) ? undefined : { how: "same", base: one, head: other }),
  );
  return { pairs: [...copies.pairs, ...matched.pairs], rest: matched.rest };
}

function byGeneratedName({ base, head }: Unmatched): Matched {
  const key = (item: Item) => {
    const stem = generatedStem(item);
    return stem === undefined ? undefined : `${item.id.kind}\n${item.id.namespace}\n${stem}`;
  };
  return byKey(base, head, key, (one, other) => ({
    how: hasGeneratedName(one) && hasGeneratedName(other) ? "generated" : "renamed",
    base: one,
    head: other,
  }));
}

function byNameAcrossNamespaces({ base, head }: Unmatched): Matched {
  const key = (item: Item) => `${groupOf(item.id.apiVersion)}\n${item.id.kind}\n${item.id.name}`;
  return byKey(base, head, key, (one, other) => ({ how: "renamed", base: one, head: other }));
}

function byLikeness({ base, head }: Unmatched): Matched {
  const kindOf = (item: Item) => `${groupOf(item.id.apiVersion)}\n${item.id.kind}`;
  const heads = Map.groupBy(head, kindOf);
  const pairs: Pair[] = [];
  for (const [kind, items] of Map.groupBy(base, kindOf)) {
    for (const [one, other] of pairSimilar(items, heads.get(kind) ?? [])) {
      pairs.push({ how: "renamed", base: one, head: other });
    }
  }
  return { pairs, rest: without({ base, head }, pairs) };
}

function byNameAcrossKinds({ base, head }: Unmatched): Matched {
  const key = (item: Item) => `${item.id.namespace}\n${item.id.name}`;
  const heads = Map.groupBy(head, key);
  const pairs: Pair[] = [];
  const taken = new Set<Item>();
  for (const one of base) {
    const other = heads
      .get(key(one))
      ?.slice(0, maxNamesakes)
      .find((item) => !taken.has(item) && changedKind(one, item));
    if (other === undefined) continue;
    taken.add(other);
    pairs.push({ how: "renamed", base: one, head: other });
  }
  return { pairs, rest: without({ base, head }, pairs) };
}

function changedKind(base: Item, head: Item): boolean {
  if (base.id.kind === head.id.kind) return groupOf(base.id.apiVersion) !== groupOf(head.id.apiVersion);
  if (podSpecs(base.object).length > 0 && podSpecs(head.object).length > 0) return true;
  return similarity(base, head) >= minKindChangeSimilarity;
}

/**
 * Pairs items of equal keys: equal objects first, then in order. `pair` gives `undefined` for a pair without
 * difference.
 */
function byKey(
  base: readonly Item[],
  head: readonly Item[],
  key: (item: Item) => string | undefined,
  pair: (base: Item, head: Item) => Pair | undefined,
): Matched {
  const heads = Map.groupBy(head, key);
  const pairs: Pair[] = [];
  const restBase: Item[] = [];
  const restHead = new Set(head);
  for (const [name, ones] of Map.groupBy(base, key)) {
    const others = name === undefined ? [] : (heads.get(name) ?? []);
    for (const [one, other] of pairInOrder(ones, others)) {
      if (other === undefined) {
        restBase.push(one);
        continue;
      }
      restHead.delete(other);
      const made = pair(one, other);
      if (made !== undefined) pairs.push(made);
    }
  }
  return { pairs, rest: { base: restBase, head: [...restHead] } };
}

function pairInOrder(ones: readonly Item[], others: readonly Item[]): readonly (readonly [Item, Item | undefined])[] {
  const [first] = ones;
  if (first !== undefined && ones.length === 1 && others.length <= 1) return [[first, others[0]]];
  const left = new Set(others);
  const equals = new Map<Item, Item>();
  // Repeated identities are rare; many of them at once are not worth a quadratic search.
  for (const one of ones.length * others.length <= 2500 ? ones : []) {
    const same = [...left].find((other) => equal(one.object, other.object));
    if (same === undefined) continue;
    equals.set(one, same);
    left.delete(same);
  }
  const queue = left.values();
  return ones.map((one) => [one, equals.get(one) ?? queue.next().value]);
}

function without({ base, head }: Unmatched, pairs: readonly Pair[]): Unmatched {
  const taken = new Set<Item | undefined>(pairs.flatMap((pair) => [pair.base, pair.head]));
  return { base: base.filter((item) => !taken.has(item)), head: head.filter((item) => !taken.has(item)) };
}
