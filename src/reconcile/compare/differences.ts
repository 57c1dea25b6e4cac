import { equal, isList, isObject, type Value, type ValueObject } from "../../diff/value.ts";
import type { Step } from "./managed-fields.ts";

/** A field that two objects do not have alike. Elements of lists may be elsewhere in each. */
export interface Difference {
  readonly before: Side;
  readonly after: Side;
}

/** One of the two. `value` is `undefined` where it is not there. */
export interface Side {
  readonly path: readonly Step[];
  readonly value: Value | undefined;
}

/** Every field in which two values differ, as deep as they can be told apart. */
export function differences(before: Value | undefined, after: Value | undefined): readonly Difference[] {
  return between({ path: [], value: before }, { path: [], value: after });
}

function between(before: Side, after: Side): readonly Difference[] {
  if (equal(before.value, after.value)) return [];
  if (isObject(before.value) && isObject(after.value)) return betweenObjects(before, before.value, after, after.value);
  if (isList(before.value) && isList(after.value)) return betweenLists(before, before.value, after, after.value);
  return [{ before, after }];
}

function betweenObjects(before: Side, a: ValueObject, after: Side, b: ValueObject): readonly Difference[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => between(child(before, key, own(a, key)), child(after, key, own(b, key))));
}

function betweenLists(before: Side, a: readonly Value[], after: Side, b: readonly Value[]): readonly Difference[] {
  const names = [namesOf(a), namesOf(b)];
  const [first, second] = names;
  if (first === undefined || second === undefined) {
    if (a.length !== b.length) return [{ before, after }];
    return a.flatMap((value, index) => between(child(before, index, value), child(after, index, b[index])));
  }
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    const [left, right] = [first.get(name), second.get(name)];
    return between(element(before, a, left), element(after, b, right));
  });
}

function element(side: Side, list: readonly Value[], index: number | undefined): Side {
  // Where it is not there, no field of it has an owner: an index that no list has says so.
  return index === undefined ? child(side, list.length, undefined) : child(side, index, list[index]);
}

function child({ path }: Side, step: Step, value: Value | undefined): Side {
  return { path: [...path, step], value };
}

function own(object: ValueObject, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Where each element is, by its name; `undefined` unless all have one of their own. */
function namesOf(list: readonly Value[]): ReadonlyMap<string, number> | undefined {
  const names = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const name = isObject(item) ? own(item, "name") : undefined;
    if (typeof name !== "string" || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

/** A value with these differences of it as they are after; `undefined` where it is not there then. */
export function withDifferences(before: Value, found: readonly Difference[]): Value | undefined {
  return changed(
    before,
    found.map((one) => ({ path: one.before.path, value: one.after.value })),
  );
}

function changed(value: Value | undefined, changes: readonly Side[]): Value | undefined {
  const whole = changes.find(({ path }) => path.length === 0);
  if (whole !== undefined) return whole.value;
  const below = (step: Step) =>
    changes.flatMap(({ path: [first, ...path], value: to }) => (first === step ? [{ path, value: to }] : []));
  if (isList(value)) {
    const items = value.map((item, index) => changed(item, below(index)));
    // Elements that were not there all have the same index.
    const added = changes.filter(({ path: [first] }) => typeof first === "number" && first >= value.length);
    return [...items, ...added.map((one) => one.value)].filter((item) => item !== undefined);
  }
  if (!isObject(value) || changes.length === 0) return value;
  const keys = new Set([...Object.keys(value), ...changes.map(({ path: [first] }) => String(first))]);
  const entries = [...keys].flatMap((key) => {
    const item = changed(own(value, key), below(key));
    return item === undefined ? [] : [[key, item] as const];
  });
  return Object.fromEntries(entries);
}

/** A path as people write it: `spec.containers[0].image`. */
export function pathText(path: readonly Step[]): string {
  return path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("")
    .replace(/^\./, "");
}
