import type { RandomValue } from "../model/preview.ts";
import { type Item, resourceLabel, withObject } from "./item.ts";
import { isList, isObject, NumberText, textAt, type Value, type ValueObject, withKey } from "./value.ts";

/** A render without what differs when the same files are rendered again. */
export interface Steady {
  readonly items: readonly Item[];
  /** What was taken out, in the render's order. */
  readonly random: readonly RandomValue[];
}

/** Stands for a value that is another one at every render; equal on both sides, and no value of a Secret. */
const marker = "<random value>";

/** Takes out of a render what another render of the same files has differently. */
export function steady(items: readonly Item[], again: readonly Item[] | undefined): Steady {
  if (again === undefined) return { items, random: [] };
  const others = Map.groupBy(again, ({ key }) => key);
  const random: RandomValue[] = [];
  const kept = items.map((item, index) => {
    const other = counterpart(item, again[index], others);
    if (other === undefined) return item;
    const paths: string[] = [];
    const object = common(item.object, other.object, [], paths);
    if (paths.length === 0 || !isObject(object)) return item;
    const calm = withObject(item, withName(object, item, other));
    random.push(...paths.map((path) => ({ resource: resourceLabel(calm.id), path })));
    return calm;
  });
  return { items: kept, random };
}

/** The same resource in the other render; one whose very name is random stands at the same place there. */
function counterpart(
  item: Item,
  there: Item | undefined,
  others: ReadonlyMap<string, readonly Item[]>,
): Item | undefined {
  if (there?.key === item.key) return there;
  const named = others.get(item.key)?.[0];
  return named ?? (there?.id.kind === item.id.kind ? there : undefined);
}

function withName(object: ValueObject, item: Item, other: Item): ValueObject {
  const [one, two] = [item.id.name, other.id.name];
  const metadata = object.metadata;
  if (one === two || !isObject(metadata) || textAt(metadata, "name") !== marker) return object;
  let shared = 0;
  while (shared < one.length && one[shared] === two[shared]) shared++;
  return withKey(object, "metadata", withKey(metadata, "name", `${one.slice(0, shared)}${marker}`));
}

function common(one: Value | undefined, two: Value | undefined, steps: readonly string[], paths: string[]): Value {
  if (one === two && one !== undefined) return one;
  if (isObject(one) && isObject(two)) return commonObject(one, two, steps, paths);
  if (isList(one) && isList(two) && one.length === two.length) {
    return one.map((item, index) => common(item, two[index], [...steps, `[${index}]`], paths));
  }
  if (one instanceof NumberText && two instanceof NumberText && one.text === two.text) return one;
  paths.push(steps.join("").replace(/^\./, ""));
  return marker;
}

function commonObject(one: ValueObject, two: ValueObject, steps: readonly string[], paths: string[]): ValueObject {
  const keys = new Set([...Object.keys(one), ...Object.keys(two)]);
  return Object.fromEntries([...keys].map((key) => [key, common(one[key], two[key], [...steps, `.${key}`], paths)]));
}
