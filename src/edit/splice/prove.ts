import { isAlias, isCollection, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from "yaml";
import { isJsonObject, type Json } from "../../model/json.ts";
import { type Collection, type Item, type ItemAt, nodesOf } from "./extent.ts";
import { insertedJson } from "./inserted-value.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import type { Change, DocumentPlan } from "./plan-edits.ts";
import { isScalarOf } from "./set.ts";
import { isJsonFile, parsesAsJson } from "./surroundings.ts";
import type { YamlText } from "./types.ts";

/**
 * Whether `after` is `before` with exactly the planned values changed: every other node is written the same, and each
 * alias has the same target.
 */
export function proves(before: YamlText, plans: readonly (DocumentPlan | undefined)[], after: YamlText): boolean {
  if (before.parsed.length !== after.parsed.length) return false;
  if (isJsonFile(before) && !parsesAsJson(after.text)) return false;
  return before.parsed.every((document, index) => {
    const now = after.parsed[index];
    return now !== undefined && new Proof(document, plans[index], now).holds();
  });
}

/**
 * Whether `part` is one document that equals `document`, which starts at `offset`; or, with an item, a collection of
 * only that item of the document.
 */
export function isPart(document: ParsedDocument | undefined, item: ItemAt | undefined, part: YamlText, offset: number) {
  const [own, more] = part.parsed;
  if (document === undefined || own === undefined || more !== undefined) return false;
  const proof = new Proof(document, undefined, own);
  if (item !== undefined) return proof.holdsFor(item);
  return own.root !== undefined && own.root.range[0] + offset === document.root?.range[0] && proof.holds();
}

class Proof {
  readonly #before: ParsedDocument;
  readonly #plan: DocumentPlan | undefined;
  readonly #after: ParsedDocument;
  /** Anchored nodes, before and after. */
  readonly #counterparts = new Map<ParsedNode, ParsedNode>();

  constructor(before: ParsedDocument, plan: DocumentPlan | undefined, after: ParsedDocument) {
    this.#before = before;
    this.#plan = plan;
    this.#after = after;
  }

  holds(): boolean {
    const [old, now] = [this.#before.root, this.#after.root];
    if (old !== undefined) return this.#node(old, now ?? null);
    const filling = this.#plan?.fillings.get(undefined);
    return filling === undefined ? now === undefined : isJson(now ?? null, insertedJson(filling.value));
  }

  /** Whether the document after is a collection with only this item, unchanged. */
  holdsFor({ collection, index }: ItemAt): boolean {
    const now = this.#after.root;
    if (!isCollection(now) || now.items.length !== 1 || now.flow !== collection.flow) return false;
    return this.#item(collection.items[index], now.items[0]);
  }

  #node(old: ParsedNode | null, now: ParsedNode | null): boolean {
    if (old === null || now === null) return old === now;
    if (isAlias(old) || isAlias(now)) return this.#alias(old, now);
    if (old.anchor !== now.anchor) return false;
    if (old.anchor !== undefined) this.#counterparts.set(old, now);
    const setting = this.#plan?.settings.get(old);
    if (setting !== undefined) return isScalar(now) && now.tag === old.tag && isScalarOf(now, setting.value);
    const filling = this.#plan?.fillings.get(old);
    if (filling !== undefined) return isJson(now, insertedJson(filling.value));
    if (old.tag !== now.tag) return false;
    if (isScalar(old)) return isScalar(now) && isSame(old, now);
    return isScalar(now) ? false : this.#collection(old, now);
  }

  #alias(old: ParsedNode, now: ParsedNode): boolean {
    const target = isAlias(old) ? this.#before.targets.get(old) : undefined;
    const counterpart = target && this.#counterparts.get(target);
    return counterpart !== undefined && isAlias(now) && counterpart === this.#after.targets.get(now);
  }

  #collection(old: Collection, now: Collection): boolean {
    const change = this.#plan?.changes.get(old);
    const remaining = old.items.length - (change?.removed.size ?? 0);
    if (isSeq(old) !== isSeq(now) || now.items.length !== remaining + (change?.added.size ?? 0)) return false;
    if (old.flow !== now.flow && now.items.length > 0) return false;
    return this.#items(old, now, change) && (change === undefined || isAdded(now, remaining, change));
  }

  #items(old: Collection, now: Collection, change: Change | undefined): boolean {
    let at = 0;
    for (let index = 0; index < old.items.length; index += 1) {
      if (change?.removed.has(index) === true) continue;
      if (!this.#item(old.items[index], now.items[at])) return false;
      at += 1;
    }
    return true;
  }

  #item(old: Item | undefined, now: Item | undefined): boolean {
    const [nodes, counterparts] = [nodesOf(old), nodesOf(now)];
    if (nodes.length !== counterparts.length) return false;
    return nodes.every((node, at) => this.#node(node, counterparts[at] ?? null));
  }
}

function isSame(old: Scalar, now: Scalar): boolean {
  if (old.type !== now.type || old.source !== now.source || typeof old.value !== typeof now.value) return false;
  return typeof old.value === "object" || typeof old.value === "symbol" || Object.is(old.value, now.value);
}

function isAdded(now: Collection, remaining: number, { added }: Change): boolean {
  return [...added].every(([key, inserted], index) => isItem(now, remaining + index, key, insertedJson(inserted)));
}

function isItem(now: Collection, at: number, key: string | number, json: Json): boolean {
  if (isSeq(now)) return isJson(now.items[at] ?? null, json);
  const pair = now.items[at];
  if (pair === undefined || !isScalar(pair.key)) return false;
  return isScalarOf(pair.key, String(key)) && isJson(pair.value, json);
}

function isJson(node: ParsedNode | null, json: Json): boolean {
  if (json === null || typeof json !== "object") {
    return isScalar(node) && node.tag === undefined && isScalarOf(node, json);
  }
  if (isJsonObject(json)) {
    const entries = Object.entries(json);
    return (
      isMap(node) && node.items.length === entries.length && entries.every(([key, v], at) => isItem(node, at, key, v))
    );
  }
  return isSeq(node) && node.items.length === json.length && json.every((item, at) => isItem(node, at, at, item));
}
