import { type Item, resourceLabel, toItems } from "../../diff/item.ts";
import { matchItems, type Pair } from "../../diff/match.ts";
import { pointerStep } from "../../diff/value.ts";
import { parseImage, printImage } from "../../edit/find/index.ts";
import type { KeyPath } from "../../edit/splice/index.ts";
import type { Resource } from "../../model/render.ts";
import { heldPrefix, type ImageUse, imageUses, useKey } from "../images/image-uses.ts";
import { differingLeaves, type Leaf, scalarText } from "./leaves.ts";
import { follows, type Replacement } from "./text.ts";

/**
 * What a plan says the render will do. `beyond` is how far other fields may differ: `nothing`, every field that is no
 * image (`values`: a value that somebody named in the configuration was carried, whatever it does), or all
 * (`everything`: another version of a chart).
 */
export interface Expectation {
  /**
   * The full text that images have afterwards, by `useKey`. A chart may print a digest in place of the tag that stands
   * beside it in its values: that is the same image.
   */
  readonly images: ReadonlyMap<string, string>;
  /**
   * The full text of every carried image by its name before, changed or not: what holds where a chart's new version may
   * move things about.
   */
  readonly names: ReadonlyMap<string, string>;
  /** Texts that may follow, such as a version in a label. */
  readonly texts: readonly Replacement[];
  readonly beyond: "nothing" | "values" | "everything";
  /** The fields that were edited where they stand in manifests, by `fieldKey`: they are what was planned. */
  readonly edited?: ReadonlySet<string>;
}

/** A field of a manifest of the repository. */
export function fieldKey(file: string, path: KeyPath): string {
  return `${file}\n${path.map(pointerStep).join("")}`;
}

/** How a render differs from what was planned. */
export interface Proof {
  /**
   * Fields that differ and are not explained, and images that do not come out as planned: `Kind/name /pointer`, without
   * values. In the render's order.
   */
  readonly unexplained: readonly string[];
  /** How many fields differ that are no images; an added or removed resource counts as one. */
  readonly others: number;
}

/** Compares the renders before and after an edit with what the edit is meant to do. */
export function prove(before: readonly Resource[], after: readonly Resource[], expected: Expectation): Proof {
  const [base, head] = [toItems(before), toItems(after)];
  const pairs = pairRenamed(matchItems(base, head), expected.texts);
  const context = { expected, texts: [...expected.texts, ...generatedNames(pairs)], met: new Set<string>() };
  const found = pairs.map((pair) => provePair(pair, context));
  const missed = expected.beyond === "everything" ? missedNames(base, head, expected) : missedPlaces(base, context);
  return {
    unexplained: [...found.flatMap((one) => one.unexplained), ...missed],
    others: found.reduce((sum, one) => sum + one.others, 0),
  };
}

/** Planned places that did not change at all. */
function missedPlaces(base: readonly Item[], { expected, met }: Context): readonly string[] {
  const missed = imageUses(base).filter((use) => {
    const wanted = expected.images.get(useKey(use));
    return wanted !== undefined && wanted !== use.text && !met.has(useKey(use));
  });
  return missed.map((use) => `${use.resource} ${use.pointer} does not become what was planned`);
}

/**
 * Images that are gone, or not as planned in every place that has them: another version of a chart may have other
 * places.
 */
function missedNames(base: readonly Item[], head: readonly Item[], { names }: Expectation): readonly string[] {
  const after = imageUses(head);
  const before = new Set(imageUses(base).map(({ name }) => name));
  return [...names].flatMap(([name, wanted]) => {
    const uses = after.filter((use) => use.name === name || use.text === wanted);
    if (uses.length === 0) return before.has(name) ? [`the image ${name} is no longer there`] : [];
    return uses
      .filter(({ text }) => !isSameImage(text, wanted))
      .map((use) => `${use.resource} ${use.pointer} does not become what was planned`);
  });
}

/**
 * Pairs what is gone with what is new where only the version in the name is another: a Job that is named by it, say.
 */
function pairRenamed(pairs: readonly Pair[], texts: readonly Replacement[]): readonly Pair[] {
  const added = new Set(pairs.flatMap(({ how, head }) => (how === "added" ? [head] : [])));
  const matched = pairs.map((pair): Pair => {
    if (pair.how !== "removed") return pair;
    const head = [...added].find((item) => isRenamed(pair.base, item, texts));
    if (head === undefined) return pair;
    added.delete(head);
    return { how: "renamed", base: pair.base, head };
  });
  return matched.filter((pair) => pair.how !== "added" || added.has(pair.head));
}

function isRenamed(base: Item, head: Item, texts: readonly Replacement[]): boolean {
  const [a, b] = [base.id, head.id];
  return (
    a.kind === b.kind && a.apiVersion === b.apiVersion && a.namespace === b.namespace && follows(a.name, b.name, texts)
  );
}

interface Context {
  readonly expected: Expectation;
  readonly texts: readonly Replacement[];
  /** Image uses that came out as planned. */
  readonly met: Set<string>;
}

/** Names of generated objects of which only the content hash differs. */
function generatedNames(pairs: readonly Pair[]): readonly Replacement[] {
  return pairs.flatMap((pair): Replacement[] =>
    pair.how === "generated" ? [[pair.base.id.name, pair.head.id.name]] : [],
  );
}

function provePair(pair: Pair, context: Context): Proof {
  const { base, head } = pair;
  if (base === undefined || head === undefined) {
    const item = base ?? head;
    const what = base === undefined ? "is added" : "is removed";
    const fine = context.expected.beyond !== "nothing";
    return { unexplained: fine || item === undefined ? [] : [`${resourceLabel(item.id)} ${what}`], others: 1 };
  }
  const sides = { base, head, images: usesByPointer(base), fresh: usesByPointer(head) };
  const judged = differingLeaves(base.object, head.object).map((leaf) => ({ leaf, ...judge(leaf, sides, context) }));
  return {
    unexplained: judged.flatMap(({ leaf, fine }) => (fine ? [] : [`${resourceLabel(head.id)} ${leaf.pointer}`])),
    others: judged.filter(({ other }) => other).length,
  };
}

/** An object before and after, with their images by `usesByPointer`. */
interface Sides {
  readonly base: Item;
  readonly head: Item;
  readonly images: ReadonlyMap<string, ImageUse>;
  readonly fresh: ReadonlyMap<string, ImageUse>;
}

/** Whether a field may differ so, and whether it is another one than those that were planned. */
function judge(leaf: Leaf, sides: Sides, context: Context): { readonly fine: boolean; readonly other: boolean } {
  const { base, head, images, fresh } = sides;
  const use = images.get(leaf.pointer) ?? fresh.get(leaf.pointer);
  if (use !== undefined) {
    const after = fresh.get(leaf.pointer) ?? fresh.get(use.pointer);
    return { fine: imageIsFine(leaf, { use, after, base }, context), other: false };
  }
  const held = heldIn(leaf, images);
  const fine = held.every((one) => heldIsFine(leaf, one, sides, context)) && fieldIsFine(leaf, base, context);
  const isEdited = head.file !== undefined && context.expected.edited?.has(`${head.file}\n${leaf.pointer}`) === true;
  return { fine, other: held.length === 0 && !isEdited };
}

/** The images in a text that holds values. */
function heldIn({ pointer }: Leaf, images: ReadonlyMap<string, ImageUse>): readonly ImageUse[] {
  const prefix = heldPrefix(pointer);
  return [...new Set(images.values().filter((use) => use.pointer.startsWith(prefix)))];
}

function heldIsFine(leaf: Leaf, use: ImageUse, { fresh, base }: Sides, context: Context): boolean {
  const after = fresh.get(use.pointer);
  return after?.text === use.text || imageIsFine(leaf, { use, after, base }, context);
}

/** The images of an object by where they are; those in parts by each part. */
function usesByPointer(item: Item): ReadonlyMap<string, ImageUse> {
  return new Map(
    imageUses([item]).flatMap((use) =>
      [use.pointer, use.parts?.tag, use.parts?.digest].flatMap((at) => (at === undefined ? [] : [[at, use] as const])),
    ),
  );
}

interface ChangedUse {
  readonly use: ImageUse;
  /** What is there afterwards. */
  readonly after: ImageUse | undefined;
  readonly base: Item;
}

function imageIsFine(leaf: Leaf, { use, after, base }: ChangedUse, { expected, texts, met }: Context): boolean {
  if (expected.beyond === "everything") return true;
  const key = useKey({ item: base.key, pointer: use.pointer });
  const wanted = expected.images.get(key);
  if (wanted === undefined) return expected.beyond === "values" && textIsFine(leaf, texts);
  const isWanted = after !== undefined && isSameImage(after.text, wanted);
  if (isWanted) met.add(key);
  return isWanted;
}

/** Whether a place shows what was planned: the text, or the digest alone of a text with both. */
function isSameImage(shown: string, wanted: string): boolean {
  if (shown === wanted) return true;
  const { name, tag, digest } = parseImage(wanted) ?? { name: "", tag: "", digest: "" };
  return tag !== "" && digest !== "" && shown === printImage({ name, tag: "", digest });
}

function fieldIsFine(leaf: Leaf, base: Item, { expected, texts }: Context): boolean {
  if (expected.beyond !== "nothing") return true;
  return textIsFine(leaf, texts) || checksumIsFine(leaf) || secretIsFine(leaf, base, texts);
}

function textIsFine({ before, after }: Leaf, texts: readonly Replacement[]): boolean {
  const [old, fresh] = [scalarText(before), scalarText(after)];
  return old !== undefined && fresh !== undefined && typeof before === typeof after && follows(old, fresh, texts);
}

const digest = /^(?:sha(?:1|256|512):)?[0-9a-f]{32,128}$/;
const annotation = /\/annotations\/[^/]+$/;

/**
 * An annotation that holds the checksum of something: of what, nobody can tell, but only what was edited can have
 * changed it.
 */
function checksumIsFine({ pointer, before, after }: Leaf): boolean {
  if (!annotation.test(pointer) || typeof before !== "string" || typeof after !== "string") return false;
  return before.length === after.length && digest.test(before) && digest.test(after);
}

/** Text in a Secret is in base64, and a version in it is still a version. */
function secretIsFine({ pointer, before, after }: Leaf, base: Item, texts: readonly Replacement[]): boolean {
  if (base.id.kind !== "Secret" || !pointer.startsWith("/data/")) return false;
  if (typeof before !== "string" || typeof after !== "string") return false;
  return follows(decoded(before), decoded(after), texts);
}

function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("latin1");
}
