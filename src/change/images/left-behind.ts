import type { Item } from "../../diff/item.ts";
import { isList, isObject, pointerStep, type Value } from "../../diff/value.ts";
import { type ImageReference, printImage, versionOf } from "../../edit/find/index.ts";
import { scalarText } from "../proof/leaves.ts";
import { type ImageUse, imageUses } from "./image-uses.ts";

/** A place of a render that still has an image that was replaced elsewhere. */
export interface LeftBehind {
  /** "`spec.proxy.ref` of Cluster `db`". */
  readonly place: string;
  readonly image: ImageReference;
}

const maxFound = 20;
const maxDepth = 60;
const maxText = 4_096;

/**
 * Where a render still names an image in a version that `replaced` has given up: in a field or a text that is not
 * known to be an image, or as a name and a version side by side. At most 20 places.
 */
export function leftBehind(items: readonly Item[], replaced: readonly ImageReference[]): readonly LeftBehind[] {
  const images = [...new Map(replaced.map((one) => [printImage(one), one])).values()].filter(
    (one) => versionOf(one) !== "",
  );
  const found: LeftBehind[] = [];
  if (images.length === 0) return found;
  for (const item of items) {
    const uses = new Map(imageUses([item]).map((use) => [use.pointer, use]));
    const see = (pointer: string, path: string, image: ImageReference): void => {
      if (found.length < maxFound) found.push({ place: placeOf(uses.get(pointer), path, item), image });
    };
    search(item.object, { pointer: "", path: "", depth: 0 }, images, see);
  }
  return found;
}

/** The fields whose text names an image, in whatever version: "`spec.values` of HelmRelease `shop`". At most three. */
export function mentionsOf(items: readonly Item[], image: string): readonly string[] {
  const found: string[] = [];
  const reference = { name: image, tag: "", digest: "" };
  for (const item of items) {
    const see: See = (_, path) => {
      if (found.length < 3) found.push(placeOf(undefined, path, item));
    };
    search(item.object, { pointer: "", path: "", depth: 0 }, [reference], see);
  }
  return found;
}

function placeOf(use: ImageUse | undefined, path: string, { id }: Item): string {
  return use?.place ?? `\`${path}\` of ${id.kind} \`${id.name}\``;
}

interface Here {
  readonly pointer: string;
  readonly path: string;
  readonly depth: number;
}

type See = (pointer: string, path: string, image: ImageReference) => void;

function search(value: Value, here: Here, images: readonly ImageReference[], see: See): void {
  if (here.depth > maxDepth) return;
  const into = (child: Value, step: string | number): void => search(child, below(here, step), images, see);
  if (isList(value)) {
    for (const [index, item] of value.entries()) into(item, index);
  } else if (isObject(value)) {
    const pair = images.find((image) => isPair(value, image));
    if (pair !== undefined) see(`${here.pointer}${versionStep(value, pair)}`, here.path, pair);
    for (const [key, child] of Object.entries(value)) into(child, key);
  } else if (typeof value === "string") {
    const image = images.find((one) => names(value, one));
    if (image !== undefined) see(here.pointer, here.path, image);
  }
}

function below({ pointer, path, depth }: Here, step: string | number): Here {
  const next = typeof step === "number" ? `[${step}]` : `${path === "" ? "" : "."}${step}`;
  return { pointer: pointer + pointerStep(step), path: path + next, depth: depth + 1 };
}

/** The reference as a word of its own in a text. */
function names(text: string, image: ImageReference): boolean {
  const reference = printImage(image);
  if (text.length > maxText || !text.includes(reference)) return false;
  return new RegExp(`(?<![\\w./-])${RegExp.escape(reference)}(?![\\w/-]|\\.\\w|@s)`).test(text);
}

/** A map with the name under one key and the tag under another. */
function isPair(value: Readonly<Record<string, Value>>, { name, tag }: ImageReference): boolean {
  if (tag === "") return false;
  const texts = Object.values(value).map((one) => scalarText(one));
  return texts.includes(name) && texts.includes(tag);
}

function versionStep(value: Readonly<Record<string, Value>>, { tag }: ImageReference): string {
  const key = Object.keys(value).find((one) => scalarText(value[one]) === tag);
  return key === undefined ? "" : pointerStep(key);
}
