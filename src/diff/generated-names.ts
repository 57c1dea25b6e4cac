import type { ResourceChange } from "../model/preview.ts";
import type { Item } from "./item.ts";
import { isList, isObject, mapList, mapObject, type Value, type ValueObject, withKey } from "./value.ts";

/**
 * What kustomize makes of a content hash: ten hex digits, with the vowels and digits that could spell words replaced.
 */
export const hashSuffix = /-[2456789bcdfghkmt]{10}$/;

/**
 * The name without the hash that kustomize puts behind names of generated ConfigMaps and Secrets; `undefined` for other
 * kinds.
 */
export function generatedStem(item: Item): string | undefined {
  if ((item.id.kind !== "ConfigMap" && item.id.kind !== "Secret") || item.id.apiVersion !== "v1") return undefined;
  return item.id.name.replace(hashSuffix, "");
}

/** Whether the name ends in a content hash. */
export function hasGeneratedName(item: Item): boolean {
  return generatedStem(item) !== undefined && hashSuffix.test(item.id.name);
}

/**
 * The change without the hashes in the names, where a hash alone makes the new name: the same resource with new
 * content.
 */
export function byContent<T extends ResourceChange>(change: T): T {
  const { kind, name, namespace, from } = change;
  if (from === undefined || (kind !== "ConfigMap" && kind !== "Secret")) return change;
  const stem = name.replace(hashSuffix, "");
  const isHash = stem !== name && hashSuffix.test(from.name) && stem === from.name.replace(hashSuffix, "");
  return isHash && from.kind === kind && from.namespace === namespace
    ? { ...change, name: stem, from: { ...from, name: stem } }
    : change;
}

/** Whether only the content is new; of a change `byContent`. */
export function isNewContent({ kind, name, namespace, from }: ResourceChange): boolean {
  return from?.kind === kind && from.name === name && from.namespace === namespace;
}

/** The item under another name. */
export function renamed(object: ValueObject, name: string): ValueObject {
  const metadata = object.metadata;
  return isObject(metadata) ? withKey(object, "metadata", withKey(metadata, "name", name)) : object;
}

/** The object as if it had the kind, namespace and name of `item`, so that only what else differs shows. */
export function identifiedAs(object: ValueObject, { object: head }: Item): ValueObject {
  const [metadata, other] = [object.metadata, head.metadata];
  const kinds = withKey(withKey(object, "apiVersion", head.apiVersion), "kind", head.kind);
  if (!isObject(metadata) || !isObject(other)) return kinds;
  return withKey(kinds, "metadata", withKey(withKey(metadata, "name", other.name), "namespace", other.namespace));
}

/** What became of references to generated names. */
interface Followed {
  readonly base: ValueObject;
  /** How many references were brought to the new name. */
  readonly references: number;
}

/**
 * The base with references to generated names (`names`: old to new) brought to the head's names, so that a resource
 * does not show as changed by a new hash alone. A name that the head still uses stays: there the reference did not
 * follow, and that must be seen.
 */
export function followNames(base: ValueObject, head: ValueObject, names: ReadonlyMap<string, string>): Followed {
  if (names.size === 0) return { base, references: 0 };
  const stale = new Set<string>();
  visit(head, (text) => {
    if (names.has(text)) stale.add(text);
  });
  let references = 0;
  const followed = replace(base, (text) => {
    const name = stale.has(text) ? undefined : names.get(text);
    if (name !== undefined) references++;
    return name ?? text;
  });
  return { base: isObject(followed) ? followed : base, references };
}

function visit(value: Value, see: (text: string) => void): void {
  if (typeof value === "string") see(value);
  else if (isList(value)) for (const item of value) visit(item, see);
  else if (isObject(value)) for (const item of Object.values(value)) visit(item, see);
}

function replace(value: Value, map: (text: string) => string): Value {
  if (typeof value === "string") return map(value);
  if (isList(value)) return mapList(value, (item) => replace(item, map));
  return isObject(value) ? mapObject(value, (item) => replace(item, map)) : value;
}
