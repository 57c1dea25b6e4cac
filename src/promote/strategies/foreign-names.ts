import { scalarText } from "../../change/proof/leaves.ts";
import { type Item, toItems } from "../../diff/item.ts";
import { isList, isObject, type Value } from "../../diff/value.ts";
import type { Resource } from "../../model/render.ts";
import { inTicks } from "../../model/text/markdown.ts";

/** The names of the environments that a folder is copied between. */
export interface CopiedBetween {
  readonly from: string;
  readonly to: string;
}

const maxSentences = 5;
const maxDepth = 60;

/**
 * Values of a copy that name the environment which it comes from, and did not before, as sentences: a host, a bucket or
 * a database of staging in prod.
 */
export function foreignNames(
  before: readonly Resource[],
  after: readonly Resource[],
  { from, to }: CopiedBetween,
): readonly string[] {
  const word = new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(from)}(?![A-Za-z0-9])`);
  const known = new Map(toItems(before).map((item) => [item.key, textsOf(item)]));
  const found = toItems(after).flatMap((item) => {
    const old = known.get(item.key);
    return [...textsOf(item)].flatMap(([path, text]) => {
      if (!word.test(text) || word.test(old?.get(path) ?? "")) return [];
      return [`${inTicks(path)} of ${item.id.kind} ${inTicks(item.id.name)} names ${from} in ${to}: ${inTicks(text)}.`];
    });
  });
  const more = found.length - maxSentences;
  return more > 0
    ? [...found.slice(0, maxSentences), `And ${more} more ${more === 1 ? "value names" : "values name"} ${from}.`]
    : found;
}

/** Every single value of an object by its path; its namespace is looked at by the copy itself. */
function textsOf({ object, id }: Item): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  if (id.kind !== "Secret") collect(object, "", 0, texts);
  texts.delete("metadata.namespace");
  return texts;
}

function collect(value: Value, path: string, depth: number, texts: Map<string, string>): void {
  if (depth > maxDepth) return;
  if (isList(value)) {
    for (const [index, item] of value.entries()) collect(item, `${path}[${index}]`, depth + 1, texts);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      collect(item, path === "" ? key : `${path}.${key}`, depth + 1, texts);
  } else {
    const text = scalarText(value);
    if (text !== undefined) texts.set(path, text);
  }
}
