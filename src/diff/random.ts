import type { RandomValue } from "../model/preview.ts";
import { type Item, resourceLabel, withObject } from "./item.ts";
import { steadyText } from "./random-text.ts";
import { isList, isObject, NumberText, type Value, type ValueObject } from "./value.ts";

/** A render without what differs when the same files are rendered again. */
export interface Steady {
  readonly items: readonly Item[];
  /** What was taken out, in the render's order. */
  readonly random: readonly RandomValue[];
}

/**
 * Takes out of a render what other renders of the same files have differently. With several of them they alone decide:
 * the first one may be days old, and what is a date was another one then.
 */
export function steady(items: readonly Item[], again: readonly (readonly Item[])[]): Steady {
  const [sampled = [], ...others] = again.length > 1 ? again : [items, ...again];
  if (others.length === 0) return { items, random: [] };
  const renders = others.map((list) => ({ list, byKey: Map.groupBy(list, ({ key }) => key) }));
  const random: RandomValue[] = [];
  const kept = sampled.map((item, index) => {
    const found = renders.flatMap(({ list, byKey }) => counterpart(item, list[index], byKey) ?? []);
    if (found.length < renders.length) return item;
    const paths: string[] = [];
    const object = common(
      [item, ...found].map((one) => one.object),
      [],
      paths,
    );
    if (paths.length === 0 || !isObject(object)) return item;
    const calm = withObject(item, object);
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

/** What all values have; `paths` gets where something is left out. */
function common(values: readonly (Value | undefined)[], steps: readonly string[], paths: string[]): Value {
  const [one = null, ...others] = values;
  if (others.every((other) => other === one)) return one;
  if (values.every(isObject)) return commonObject(values, steps, paths);
  if (values.every(isList)) return commonList(values, steps, paths);
  const texts = values.map(textOf);
  const known = texts.filter((text) => text !== undefined);
  // What is not there in every render, or is another kind of thing, has to be compared as it is.
  const text = known.length === values.length ? steadyText(known) : undefined;
  if (text === undefined || text === known[0]) return one;
  paths.push(steps.join("").replace(/^\./, ""));
  return text;
}

function textOf(value: Value | undefined): string | undefined {
  if (value instanceof NumberText) return value.text;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function commonObject(values: readonly ValueObject[], steps: readonly string[], paths: string[]): ValueObject {
  const [one = {}] = values;
  const at = (key: string) => values.map((value) => value[key]);
  return Object.fromEntries(Object.keys(one).map((key) => [key, common(at(key), [...steps, `.${key}`], paths)]));
}

function commonList(
  values: readonly (readonly Value[])[],
  steps: readonly string[],
  paths: string[],
): readonly Value[] {
  const [one = []] = values;
  if (values.some(({ length }) => length !== one.length)) return one;
  return one.map((_, index) =>
    common(
      values.map((value) => value[index]),
      [...steps, `[${index}]`],
      paths,
    ),
  );
}
