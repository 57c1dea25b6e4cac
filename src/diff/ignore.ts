import type { ResourceId } from "../model/preview.ts";
import { countChangedLines } from "./unified.ts";
import { at, equal, isList, isObject, pointerSteps, type Value, type ValueObject, withKey } from "./value.ts";
import { emitYaml } from "./yaml.ts";

/**
 * A rule of `preview.ignore`: differences at `path` (a JSON pointer; a step `*` is every key or item) are noise, in the
 * resources that `kind`, `name` and `namespace` name (each may hold `*`; absent is any).
 */
export interface IgnoreRule {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly path: string;
}

/** The base with the head's values where the difference is noise, and the lines that this hides. */
interface Ignored {
  readonly base: ValueObject;
  readonly hiddenLines: number;
}

/** Takes the differences that `rules` call noise out of a pair of objects. */
export function hideNoise(base: ValueObject, head: ValueObject, id: ResourceId, rules: readonly IgnoreRule[]): Ignored {
  let hidden: Ignored = { base, hiddenLines: 0 };
  for (const rule of rules) {
    const steps = pointerSteps(rule.path);
    if (steps.length === 0 || !applies(rule, id)) continue;
    const counter = { lines: 0 };
    const next = adopt(hidden.base, head, steps, counter);
    hidden = { base: isObject(next) ? next : hidden.base, hiddenLines: hidden.hiddenLines + counter.lines };
  }
  return hidden;
}

/** The object without the fields that `rules` call noise, for those who only compare. */
export function withoutNoise(object: ValueObject, id: ResourceId, rules: readonly IgnoreRule[]): ValueObject {
  let left: Value = object;
  for (const rule of rules) {
    const steps = pointerSteps(rule.path);
    if (steps.length > 0 && applies(rule, id)) left = without(left, steps);
  }
  return isObject(left) ? left : object;
}

function without(value: Value, [step = "", ...rest]: readonly string[]): Value {
  if (isList(value)) {
    return value.flatMap((item, index) => {
      if (step !== "*" && step !== String(index)) return [item];
      return rest.length === 0 ? [] : [without(item, rest)];
    });
  }
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    if (step !== "*" && step !== key) return [[key, item] as const];
    return rest.length === 0 ? [] : [[key, without(item, rest)] as const];
  });
  return Object.fromEntries(kept);
}

function applies(rule: IgnoreRule, id: ResourceId): boolean {
  return matches(rule.kind, id.kind) && matches(rule.name, id.name) && matches(rule.namespace, id.namespace);
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === text) return true;
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined || !text.startsWith(first) || text.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= position;
}

function adopt(base: Value, head: Value, steps: readonly string[], counter: { lines: number }): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return base;
  if (isList(base) && isList(head)) return adoptItems(base, head, step, rest, counter);
  if (!isObject(base) || !isObject(head)) return base;
  let result = base;
  for (const key of step === "*" ? new Set([...Object.keys(base), ...Object.keys(head)]) : [step]) {
    const one = at(base, key);
    const other = at(head, key);
    if (equal(one, other)) continue;
    if (rest.length === 0) counter.lines += countLines(one, other, key);
    result = withKey(result, key, rest.length === 0 ? other : adoptBelow(one, other, rest, counter));
  }
  return result;
}

/** As `adopt`, where one side may lack what the path goes through: that side counts as an empty object. */
function adoptBelow(
  one: Value | undefined,
  other: Value | undefined,
  rest: readonly string[],
  counter: { lines: number },
): Value | undefined {
  const adopted = adopt(one ?? {}, other ?? {}, rest, counter);
  const empty = isObject(adopted) && Object.keys(adopted).length === 0;
  return empty && (one === undefined || other === undefined) ? undefined : adopted;
}

function adoptItems(
  base: readonly Value[],
  head: readonly Value[],
  step: string,
  rest: readonly string[],
  counter: { lines: number },
): readonly Value[] {
  return base.map((one, index) => {
    const other = head[index];
    if ((step !== "*" && step !== String(index)) || other === undefined || equal(one, other)) return one;
    if (rest.length > 0) return adopt(one, other, rest, counter);
    counter.lines += countLines(one, other, String(index));
    return other;
  });
}

function countLines(base: Value | undefined, head: Value | undefined, key: string): number {
  const lines = (value: Value | undefined) => (value === undefined ? [] : emitYaml({ [key]: value }).lines);
  return countChangedLines(lines(base), lines(head));
}
