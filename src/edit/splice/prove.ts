import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from "yaml";
import { isJsonObject, type Json } from "../../model/json.ts";
import type { Collection, ItemAt } from "./extent.ts";
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
    if (!(isMap(now) || isSeq(now)) || isSeq(now) !== isSeq(collection)) return false;
    if (now.items.length !== 1 || now.flow !== collection.flow) return false;
    return isSeq(now) ? this.#item(collection, index, now, 0) : this.#pair(collection, index, now, 0);
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
    if (!isAlias(old) || !isAlias(now) || old.source !== now.source) return false;
    const target = this.#before.targets.get(old);
    const counterpart = target === undefined ? undefined : this.#counterparts.get(target);
    return counterpart !== undefined && counterpart === this.#after.targets.get(now);
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
      const same = isSeq(old) && isSeq(now) ? this.#item(old, index, now, at) : this.#pair(old, index, now, at);
      if (!same) return false;
      at += 1;
    }
    return true;
  }

  #item(old: Collection, index: number, now: Collection, at: number): boolean {
    if (!isSeq(old) || !isSeq(now)) return false;
    return this.#node(old.items[index] ?? null, now.items[at] ?? null);
  }

  #pair(old: Collection, index: number, now: Collection, at: number): boolean {
    if (!isMap(old) || !isMap(now)) return false;
    const [pair, counterpart] = [old.items[index], now.items[at]];
    if (pair === undefined || counterpart === undefined) return false;
    return this.#node(pair.key, counterpart.key) && this.#node(pair.value, counterpart.value);
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
