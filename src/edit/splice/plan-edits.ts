import { isAlias, isCollection, isScalar, isSeq, type ParsedNode } from "yaml";
import { type Collection, type Item, nodesOf } from "./extent.ts";
import { addValue, type InsertedValue } from "./inserted-value.ts";
import { isNull } from "./keys.ts";
import { type Located, locate, notACollection, refuseShared } from "./locate.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { pathText, refused } from "./refuse.ts";
import type { KeyPath, PlainEdit, ScalarValue, YamlText } from "./types.ts";

interface Placed {
  readonly located: Located;
  readonly path: KeyPath;
}

/** A scalar that is replaced. */
export interface Setting extends Placed {
  readonly value: ScalarValue;
}

/** A null, or an empty document, that gets a value. */
export interface Filling extends Placed {
  readonly value: InsertedValue;
}

/**
 * What is removed from a collection and added at its end. `added` has the keys of a map, the indexes of a list counted
 * from its length.
 */
export interface Change extends Placed {
  readonly collection: Collection;
  readonly removed: Set<number>;
  readonly added: Map<string | number, InsertedValue>;
}

/** All edits of one document by what they change; `undefined` stands for an empty document. */
export interface DocumentPlan {
  readonly document: ParsedDocument;
  readonly settings: Map<ParsedNode, Setting>;
  readonly fillings: Map<ParsedNode | undefined, Filling>;
  readonly changes: Map<Collection, Change>;
}

/**
 * Groups edits by document; several that add below one missing key create it once. What cannot be changed is a
 * `refused` UserError.
 */
export function planEdits(yaml: YamlText, edits: readonly PlainEdit[]): readonly (DocumentPlan | undefined)[] {
  const plans: (DocumentPlan | undefined)[] = yaml.parsed.map(() => undefined);
  for (const edit of edits) {
    const located = locate(yaml, edit);
    const { document } = located;
    const plan = plans[edit.document] ?? { document, settings: new Map(), fillings: new Map(), changes: new Map() };
    plans[edit.document] = plan;
    add(yaml, plan, edit, located);
  }
  return plans;
}

function add(yaml: YamlText, plan: DocumentPlan, edit: PlainEdit, located: Located): void {
  switch (edit.kind) {
    case "set":
      addSetting(yaml, plan, edit, located);
      break;
    case "insert":
      addInsertion(yaml, plan, edit, located);
      break;
    case "remove":
      addRemoval(yaml, plan, edit, located);
      break;
    default:
      edit satisfies never;
  }
}

type EditOf<K extends PlainEdit["kind"]> = Extract<PlainEdit, { kind: K }>;

function addSetting(yaml: YamlText, plan: DocumentPlan, edit: EditOf<"set">, located: Located): void {
  const { node } = located.slot;
  if (node === null) throw noPlace(yaml, edit, located);
  refuseShared(yaml, plan.document, node, edit.path);
  if (plan.settings.has(node) || plan.fillings.has(node)) throw twice(yaml, edit, node);
  plan.settings.set(node, { located, path: edit.path, value: edit.value });
}

function addInsertion(yaml: YamlText, plan: DocumentPlan, edit: EditOf<"insert">, located: Located): void {
  const { slot, rest } = located;
  const { node } = slot;
  const path = edit.path.slice(0, edit.path.length - rest.length);
  if (isNull(node)) {
    addFilling(yaml, plan, edit, { located, path });
    return;
  }
  if (node === null || isAlias(node) || rest.length === 0) {
    throw refused(yaml, node ?? undefined, `${pathText(edit.path)} is there already`, "Set it.");
  }
  if (isScalar(node)) throw notACollection(yaml, node, path);
  const change = changeOf(plan, node, { located, path });
  const [first, ...deeper] = rest;
  const key = isSeq(node) ? indexOf(yaml, edit, change, first) : String(first);
  const inserted = addValue(change.added.get(key), deeper, edit.value);
  if (inserted === undefined) throw twice(yaml, edit, node);
  change.added.set(key, inserted);
}

function indexOf(yaml: YamlText, edit: PlainEdit, change: Change, step: string | number | undefined): number {
  const { collection, added } = change;
  const index = step === "-" ? added.size : typeof step === "number" ? step - collection.items.length : -1;
  if (Number.isInteger(index) && index >= 0 && index <= added.size) return index;
  throw refused(yaml, collection, `there is no ${pathText(edit.path)}`, "Name an item of the list, or its end.");
}

function addFilling(yaml: YamlText, plan: DocumentPlan, edit: EditOf<"insert">, placed: Placed): void {
  const { slot, rest } = placed.located;
  if (slot.node !== null) refuseShared(yaml, plan.document, slot.node, placed.path);
  else if (slot.container !== undefined) throw noPlace(yaml, edit, placed.located);
  const node = slot.node ?? undefined;
  const inserted = addValue(plan.fillings.get(node)?.value, rest, edit.value);
  if (inserted === undefined || (node !== undefined && plan.settings.has(node))) throw twice(yaml, edit, node);
  plan.fillings.set(node, { ...placed, value: inserted });
}

function addRemoval(yaml: YamlText, plan: DocumentPlan, edit: EditOf<"remove">, located: Located): void {
  const { container, index, node } = located.slot;
  if (container === undefined) throw refused(yaml, node ?? undefined, "a whole document", "Remove the file.");
  const used = usedIn(plan.document, container.items[index]);
  if (used !== undefined) refuseShared(yaml, plan.document, used, edit.path);
  const { removed } = changeOf(plan, container, { located, path: edit.path.slice(0, -1) });
  if (removed.has(index)) throw twice(yaml, edit, container);
  removed.add(index);
}

function changeOf(plan: DocumentPlan, collection: Collection, placed: Placed): Change {
  const known = plan.changes.get(collection);
  if (known !== undefined) return known;
  const made: Change = { ...placed, collection, removed: new Set(), added: new Map() };
  plan.changes.set(collection, made);
  return made;
}

/** A node below `item` that an alias stands for. */
function usedIn(document: ParsedDocument, item: Item | undefined): ParsedNode | undefined {
  for (const node of nodesOf(item)) {
    if (node === null) continue;
    if (document.used.has(node)) return node;
    for (const child of isCollection(node) ? node.items : []) {
      const used = usedIn(document, child);
      if (used !== undefined) return used;
    }
  }
  return undefined;
}

function twice(yaml: YamlText, edit: PlainEdit, node: ParsedNode | undefined) {
  return refused(yaml, node, `${pathText(edit.path)} is changed twice at once`, "Change it once.");
}

function noPlace(yaml: YamlText, edit: PlainEdit, { slot }: Located) {
  const message = `${pathText(edit.path)} has no place for a value`;
  return refused(yaml, slot.container, message, "Write `key: value` there.");
}
