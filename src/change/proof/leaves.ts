import { equal, isList, isObject, NumberText, pointerStep, type Value } from "../../diff/value.ts";

/**
 * One field that differs between two versions of a resource; one of them is `undefined` where the field does not exist.
 */
export interface Leaf {
  /** JSON pointer. */
  readonly pointer: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/**
 * The fields in which two values differ, as deep as both are maps, or lists of one length. In the order of the first,
 * then of the second.
 */
export function differingLeaves(before: Value | undefined, after: Value | undefined, pointer = ""): readonly Leaf[] {
  if (equal(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differingLeaves(ownValue(before, key), ownValue(after, key), pointer + pointerStep(key)),
    );
  }
  if (isList(before) && isList(after) && before.length === after.length) {
    return before.flatMap((item, index) => differingLeaves(item, after[index], pointer + pointerStep(index)));
  }
  return [{ pointer, before, after }];
}

function ownValue(object: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The text of a single value as it would be written; `undefined` for maps, lists and what does not exist. */
export function scalarText(value: Value | undefined): string | undefined {
  if (value instanceof NumberText) return value.text;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
