import type { Resource } from "../model/render.ts";

/** The text of a number that an IEEE double cannot hold; replaces the number in a tree. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON value in which numbers may keep their text. Every `Json` is one. */
export type Value = null | boolean | number | string | NumberText | readonly Value[] | ValueObject;

/** An object of `Value`s. */
export interface ValueObject {
  readonly [key: string]: Value;
}

/** Whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object (not null, not a list, not a number's text). */
export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** The value below `path`, `undefined` where there is none. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let here = value;
  for (const step of path) {
    if (isObject(here)) here = Object.hasOwn(here, step) ? here[step] : undefined;
    else if (isList(here) && typeof step === "number") here = here[step];
    else return undefined;
  }
  return here;
}

/** The object at `key`, or an empty one. */
export function objectAt(value: Value | undefined, ...path: readonly (string | number)[]): ValueObject {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

/** The text at `path`, or `""`. */
export function textAt(value: Value | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** A copy of `object` with `key` set, or deleted when `value` is `undefined`. Safe for a key named `__proto__`. */
export function withKey(object: ValueObject, key: string, value: Value | undefined): ValueObject {
  const entries = Object.entries(object).filter(([name]) => name !== key);
  if (value !== undefined) entries.push([key, value]);
  return Object.fromEntries(entries);
}

/** A copy of `object` with each value mapped; `object` itself when nothing changed. */
export function mapObject(object: ValueObject, map: (value: Value, key: string) => Value): ValueObject {
  let entries: Map<string, Value> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key] ?? null;
    const mapped = map(value, key);
    if (mapped === value) continue;
    entries ??= new Map(Object.entries(object));
    entries.set(key, mapped);
  }
  return entries === undefined ? object : Object.fromEntries(entries);
}

/** A copy of `list` with each value mapped; `list` itself when nothing changed. */
export function mapList(list: readonly Value[], map: (value: Value, index: number) => Value): readonly Value[] {
  let copy: Value[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const value = list[index] ?? null;
    const mapped = map(value, index);
    if (mapped === value) continue;
    copy ??= [...list];
    copy[index] = mapped;
  }
  return copy ?? list;
}

/** Whether two values are equal as data: key order does not count, list order does. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (a instanceof NumberText) return b instanceof NumberText && a.text === b.text;
  return isObject(a) && isObject(b) && equalObjects(a, b);
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
  return true;
}

function equalObjects(a: ValueObject, b: ValueObject): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !equal(a[key], b[key])) return false;
  return true;
}

/** One step of a JSON pointer, escaped. */
export function pointerStep(step: string | number): string {
  return `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * The steps of a JSON pointer (RFC 6901); `""` has none. A pointer without its leading slash is read as if it had one.
 */
export function pointerSteps(pointer: string): readonly string[] {
  if (pointer === "") return [];
  const body = pointer.startsWith("/") ? pointer.slice(1) : pointer;
  return body.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The resource's object with the texts of its big numbers in place. */
export function withNumberTexts(resource: Resource): ValueObject {
  const root: NumberPlaces = { below: new Map() };
  for (const [pointer, text] of Object.entries(resource.numbers ?? {})) note(root, pointerSteps(pointer), text);
  const object = replaceNumbers(resource.object, root);
  return isObject(object) ? object : resource.object;
}

/**
 * Texts of numbers by the steps of their pointers: each object and list is gone through once, however many numbers it
 * holds.
 */
interface NumberPlaces {
  text?: string;
  readonly below: Map<string, NumberPlaces>;
}

function note(root: NumberPlaces, steps: readonly string[], text: string): void {
  let here = root;
  for (const step of steps) {
    const next = here.below.get(step) ?? { below: new Map() };
    here.below.set(step, next);
    here = next;
  }
  here.text = text;
}

function replaceNumbers(value: Value, { text, below }: NumberPlaces): Value {
  if (typeof value === "number") return text === undefined ? value : new NumberText(text);
  const inside = (item: Value, step: string): Value => {
    const places = below.get(step);
    return places === undefined ? item : replaceNumbers(item, places);
  };
  if (isList(value)) return mapList(value, (item, index) => inside(item, String(index)));
  return isObject(value) ? mapObject(value, inside) : value;
}
