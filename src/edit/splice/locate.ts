import { isAlias, isCollection, isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { type Collection, itemValue } from "./extent.ts";
import { isMergeKey, isNull, keyText } from "./keys.ts";
import { nodeAt } from "./nodes.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { pathText, refused } from "./refuse.ts";
import type { KeyPath, PlainEdit, YamlText } from "./types.ts";

/** A place for a value: an item of a collection, or the document's root. */
export interface Slot {
  readonly container: Collection | undefined;
  readonly index: number;
  /** `null` where the map's pair has no value at all, or the document nothing. */
  readonly node: ParsedNode | null;
}

/** How far a path exists: the slots from the root on, and the steps that are missing. */
export interface Located {
  readonly document: ParsedDocument;
  readonly slots: readonly Slot[];
  /** The last slot. */
  readonly slot: Slot;
  readonly rest: KeyPath;
}

/**
 * Follows an edit's path through what is written there. Steps through an alias, a merge key, a collection that is used
 * elsewhere, or a duplicate key are refused, and so is every edit of a file that SOPS encrypted.
 */
export function locate(yaml: YamlText, edit: PlainEdit): Located {
  const document = yaml.parsed[edit.document];
  if (document === undefined) {
    throw refused(yaml, yaml.text.length, `there is no document ${edit.document}`, "Read the file again.");
  }
  if (yaml.encrypted) throw refused(yaml, document.root, "the file is encrypted by SOPS", "Change it with `sops`.");
  const slots: Slot[] = [{ container: undefined, index: 0, node: document.root ?? null }];
  for (const [depth, step] of edit.path.entries()) {
    const slot = last(slots);
    const next = descend(yaml, document, slot, edit.path.slice(0, depth), step);
    if (next === undefined) return missing(yaml, document, edit, slots, depth);
    slots.push(next);
  }
  return { document, slots, slot: last(slots), rest: [] };
}

function last(slots: readonly Slot[]): Slot {
  return slots.at(-1) ?? { container: undefined, index: 0, node: null };
}

function descend(yaml: YamlText, document: ParsedDocument, { node }: Slot, path: KeyPath, step: string | number) {
  if (node === null) return undefined;
  refuseShared(yaml, document, node, path);
  if (isAlias(node)) return undefined;
  if (isMap(node)) return child(yaml, node, [...path, step]);
  if (!isSeq(node) || typeof step !== "number" || !Number.isInteger(step) || step < 0) return undefined;
  const item = node.items[step];
  return item === undefined ? undefined : { container: node, index: step, node: item };
}

/** Refuses an alias, and a node with an anchor that is used elsewhere. */
export function refuseShared(yaml: YamlText, document: ParsedDocument, node: ParsedNode, path: KeyPath): void {
  if (isAlias(node)) {
    const message = `${pathText(path)} is the alias *${node.source}: others would change with it`;
    throw refused(yaml, node, message, "Write the value out in place of the alias.");
  }
  if (!document.used.has(node)) return;
  const name = node.anchor ?? "";
  const message = `${pathText(path)} has the anchor &${name}, and the places that use *${name} would change with it`;
  throw refused(yaml, node, message, `Write the value out where *${name} is used.`);
}

function child(yaml: YamlText, map: Collection, path: KeyPath): Slot | undefined {
  if (!isMap(map)) return undefined;
  const key = String(path.at(-1));
  const found = map.items.flatMap((pair, index) => (isKey(pair.key, key) ? [index] : []));
  const [index, second] = found;
  if (index === undefined) return undefined;
  if (second !== undefined) {
    const message = `the key ${key} is in the same map twice`;
    throw refused(yaml, map.items[second]?.key, message, "Keep one of the two.");
  }
  return { container: map, index, node: itemValue(map, index) };
}

function isKey(node: ParsedNode, key: string): boolean {
  return !isMergeKey(node) && keyText(node) === key;
}

function missing(
  yaml: YamlText,
  document: ParsedDocument,
  edit: PlainEdit,
  slots: readonly Slot[],
  depth: number,
): Located {
  const rest = edit.path.slice(depth);
  const { node } = last(slots);
  if (edit.kind !== "insert" || rest.length > 1) refuseMerged(yaml, edit, node, edit.path.slice(0, depth + 1));
  if (edit.kind === "insert") return { document, slots, slot: last(slots), rest };
  if (isScalar(node) && !isNull(node)) throw notACollection(yaml, node, edit.path.slice(0, depth));
  throw refused(yaml, node ?? undefined, `there is no ${pathText(edit.path)}`, "Add it, or name what is there.");
}

/** What comes through a merge key cannot be changed in place or added to: the new key would override it. */
function refuseMerged(yaml: YamlText, edit: PlainEdit, node: ParsedNode | null, path: KeyPath): void {
  if (nodeAt(yaml, edit.document, path)?.merged !== true) return;
  const message = `${pathText(path)} comes through a merge key (<<): others would change with it`;
  throw refused(yaml, node ?? undefined, message, "Write the key out in this map.");
}

/** The refusal of a step below a scalar, or of a scalar that is a collection. */
export function notACollection(yaml: YamlText, node: ParsedNode, path: KeyPath) {
  const what = isCollection(node) ? (isMap(node) ? "a map" : "a list") : "a single value";
  const template = yaml.text.slice(node.range[0], node.range[1]).includes("{{");
  if (template) {
    return refused(yaml, node, `${pathText(path)} is a template`, "Change the value that the template is given.");
  }
  return refused(yaml, node, `${pathText(path)} is ${what}`, "Name a path that is there.");
}
