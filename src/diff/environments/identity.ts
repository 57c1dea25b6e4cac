import { generatedStem } from "../generated-names.ts";
import { groupOf, type Item } from "../item.ts";
import { neutral } from "./neutral.ts";

/** The resources of one environment at the merge base and at the head. */
export interface Moments {
  readonly environment: string;
  readonly before: readonly Item[];
  readonly now: readonly Item[];
}

/** One resource in two environments at two moments; `undefined` where it does not exist. */
export type Four<T> = readonly [
  hereBefore: T | undefined,
  thereBefore: T | undefined,
  here: T | undefined,
  there: T | undefined,
];

/**
 * The resources of two environments by what they are in both: group, kind and name, without namespace, content hash,
 * and, where the other environment has no such name, without the environment's own name. Of resources that even their
 * namespaces do not tell apart the last counts.
 */
export function pairAcross(here: Moments, there: Moments): readonly Four<Item>[] {
  const [keyHere, keyThere] = [keyIn(here, there), keyIn(there, here)];
  const lists = [
    keyed(here.before, keyHere),
    keyed(there.before, keyThere),
    keyed(here.now, keyHere),
    keyed(there.now, keyThere),
  ] as const;
  const crowded = new Set(lists.flatMap(repeated));
  const ours = (list: Keyed) => byKey(list, crowded, here.environment);
  const theirs = (list: Keyed) => byKey(list, crowded, there.environment);
  const [hereBefore, thereBefore] = [ours(lists[0]), theirs(lists[1])];
  const [hereNow, thereNow] = [ours(lists[2]), theirs(lists[3])];
  const keys = new Set([...hereNow.keys(), ...thereNow.keys()]);
  return [...keys].map((key) => [hereBefore.get(key), thereBefore.get(key), hereNow.get(key), thereNow.get(key)]);
}

type Keyed = readonly { readonly key: string; readonly item: Item }[];

function keyed(items: readonly Item[], keyOf: (item: Item) => string): Keyed {
  return items.map((item) => ({ key: keyOf(item), item }));
}

function keyIn({ environment }: Moments, other: Moments): (item: Item) => string {
  const elsewhere = new Set([...other.before, ...other.now].map((item) => plainKey(item)));
  return (item) => {
    const key = plainKey(item);
    return elsewhere.has(key) ? key : plainKey(item, environment);
  };
}

/** With `environment`: without its name. */
function plainKey(item: Item, environment = ""): string {
  const name = generatedStem(item) ?? item.id.name;
  return [groupOf(item.id.apiVersion), item.id.kind, neutral(name, environment)].join("\n");
}

function repeated(list: Keyed): readonly string[] {
  return [...Map.groupBy(list, ({ key }) => key)].flatMap(([key, same]) => (same.length > 1 ? [key] : []));
}

function byKey(list: Keyed, crowded: ReadonlySet<string>, environment: string): ReadonlyMap<string, Item> {
  return new Map(
    list.map(({ key, item }) => [crowded.has(key) ? `${key}\n${neutral(item.id.namespace, environment)}` : key, item]),
  );
}
