import type { ResourceChange, SecretUse } from "../model/preview.ts";
import type { Item } from "./item.ts";
import type { Pair } from "./match.ts";
import { containersOf } from "./pods.ts";
import { at, equal, isList, objectAt, textAt, type Value, type ValueObject } from "./value.ts";

/**
 * What a reader asks next of a target in which nothing but one Secret changes: which values stay, and who reads it at
 * its start only. It holds names of keys, never a value.
 */
export function secretUse(
  changes: readonly ResourceChange[],
  pairs: readonly Pair[],
  head: readonly Item[],
): SecretUse | undefined {
  const [only, ...others] = changes;
  if (only === undefined || others.length > 0 || only.kind !== "Secret" || only.action !== "changed") return undefined;
  const pair = pairs.find(
    (one) => one.how === "same" && one.head.id.kind === "Secret" && one.head.id.name === only.name,
  );
  if (pair?.base === undefined || pair.head === undefined) return undefined;
  const [before, after] = [valuesOf(pair.base), valuesOf(pair.head)];
  const stays = Object.keys(after).filter((key) => equal(at(before, key), after[key]));
  const readers = head.filter((item) => sharesNamespace(item, only) && readsAtStart(item, only.name));
  return { stays, readers: readers.map(({ id: { kind, name } }) => ({ kind, name })) };
}

function valuesOf({ object }: Item): ValueObject {
  return { ...objectAt(object, "data"), ...objectAt(object, "stringData") };
}

function sharesNamespace({ id }: Item, { namespace }: ResourceChange): boolean {
  return id.namespace === "" || namespace === "" || id.namespace === namespace;
}

/** By environment variables: volumes get the new value by themselves. */
function readsAtStart({ object }: Item, secret: string): boolean {
  return containersOf(object).some(({ container }) => {
    const names = [
      ...listAt(container, "env").map((one) => textAt(one, "valueFrom", "secretKeyRef", "name")),
      ...listAt(container, "envFrom").map((one) => textAt(one, "secretRef", "name")),
    ];
    return names.includes(secret);
  });
}

function listAt(container: ValueObject, field: string): readonly Value[] {
  const list = container[field];
  return isList(list) ? list : [];
}
