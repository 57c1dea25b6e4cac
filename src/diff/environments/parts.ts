import { itemName, mergeKeys } from "../list-keys.ts";
import { at, isList, isObject, type Value } from "../value.ts";
import type { Four } from "./identity.ts";

/** One part of a value in two environments at two moments. */
export interface Part {
  /** `.name` or `[name]`. */
  readonly step: string;
  /** The name of the field that it is; empty for an item of a list. */
  readonly field: string;
  readonly four: Four<Value>;
}

/**
 * The parts that the two values of the head have between them: of maps, and of lists whose items have names.
 * `undefined` for what is compared as a whole.
 */
export function partsOf(
  [hereBefore, thereBefore, here, there]: Four<Value>,
  field: string,
): readonly Part[] | undefined {
  if (isObject(here) && isObject(there)) {
    return [...new Set([...Object.keys(here), ...Object.keys(there)])].map((key) => ({
      step: `.${key}`,
      field: key,
      four: [at(hereBefore, key), at(thereBefore, key), at(here, key), at(there, key)],
    }));
  }
  if (!isList(here) || !isList(there)) return undefined;
  const before = [hereBefore, thereBefore].map((list) => (isList(list) ? list : []));
  return itemsOf([...before, here, there], field);
}

/** Items by the names that all four lists can give to theirs in the same way. */
function itemsOf(lists: readonly (readonly Value[])[], field: string): readonly Part[] | undefined {
  for (const namesOf of [mergeKeys, uniqueNames]) {
    const [one, two, here, there] = lists.map((list) => byName(list, namesOf(field, list)));
    if (one === undefined || two === undefined || here === undefined || there === undefined) continue;
    return [...new Set([...here.keys(), ...there.keys()])].map((key) => ({
      step: `[${itemName(here.get(key) ?? there.get(key) ?? null, 0)}]`,
      field: "",
      four: [one.get(key), two.get(key), here.get(key), there.get(key)],
    }));
  }
  return undefined;
}

function byName(list: readonly Value[], names: readonly string[] | undefined) {
  return names && new Map(names.map((name, index) => [name, list[index]]));
}

function uniqueNames(_field: string, list: readonly Value[]): readonly string[] | undefined {
  const nameless = -1;
  const names = list.map((item) => itemName(item, nameless));
  return names.includes(String(nameless)) || new Set(names).size < names.length ? undefined : names;
}
