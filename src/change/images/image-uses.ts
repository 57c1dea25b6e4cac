import { type Item, resourceLabel } from "../../diff/item.ts";
import { containersOf } from "../../diff/pods.ts";
import { isList, isObject, pointerStep, textAt, type Value, type ValueObject } from "../../diff/value.ts";
import { type ImageReference, parseImage, versionOf } from "../../edit/find/index.ts";

/** One place of a render that names an image. */
export interface ImageUse {
  /** The resource's identity in its render; with `pointer` it is the place's. */
  readonly item: string;
  /** `Kind/namespace/name`. */
  readonly resource: string;
  readonly pointer: string;
  /** What the place is called in every environment: the kind, and the container's section and name. */
  readonly role: string;
  /** The container, where it is one's image. */
  readonly container: string | undefined;
  /** The name of the resource, as it is in this environment. */
  readonly owner: string;
  readonly text: string;
  /** Without tag and digest. */
  readonly name: string;
  /** `tag`, `tag@digest`, `@digest`, or empty. */
  readonly version: string;
  readonly image: ImageReference;
  /** The file of the repository that the resource comes from, where the renderer knows it. */
  readonly file: string | undefined;
}

/** The name of a place of a render. */
export function useKey({ item, pointer }: Pick<ImageUse, "item" | "pointer">): string {
  return `${item}\n${pointer}`;
}

/**
 * Every place that names an image: containers, and fields called `image` of other objects that say a version. In the
 * render's order.
 */
export function imageUses(items: readonly Item[]): readonly ImageUse[] {
  return items.flatMap(usesOf);
}

const known = new WeakMap<ValueObject, readonly ImageUse[]>();

function usesOf(item: Item): readonly ImageUse[] {
  const before = known.get(item.object);
  if (before !== undefined) return before;
  const found = placesOf(item).flatMap(({ pointer, role, container, text }): ImageUse[] => {
    const image = parseImage(text);
    if (image === undefined || (container === undefined && versionOf(image) === "")) return [];
    const { key, id, file } = item;
    const about = { item: key, resource: resourceLabel(id), owner: id.name, pointer, role, container, text, file };
    return [{ ...about, name: image.name, version: versionOf(image), image }];
  });
  known.set(item.object, found);
  return found;
}

interface Place {
  readonly pointer: string;
  readonly role: string;
  readonly container: string | undefined;
  readonly text: string;
}

/** Kinds that hold text or schemas, never an image that runs. */
const imageless = new Set(["ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"]);
const maxDepth = 40;

function placesOf({ object, id }: Item): readonly Place[] {
  if (imageless.has(id.kind)) return [];
  const containers = containersOf(object).map(({ pointer, section, name, container }) => ({
    pointer: `${pointer}/image`,
    role: `${id.kind} ${section} ${name}`,
    container: name,
    text: textAt(container, "image"),
  }));
  const seen = new Set(containers.map(({ pointer }) => pointer));
  const others: Place[] = [];
  searchImages(object, "", 0, (pointer, text) => {
    if (!seen.has(pointer)) others.push({ pointer, role: `${id.kind} ${pointer}`, container: undefined, text });
  });
  return [...containers, ...others];
}

function searchImages(
  value: Value,
  pointer: string,
  depth: number,
  see: (pointer: string, text: string) => void,
): void {
  if (depth > maxDepth) return;
  if (isList(value)) {
    for (const [index, item] of value.entries()) searchImages(item, pointer + pointerStep(index), depth + 1, see);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const at = pointer + pointerStep(key);
      if (key === "image" && typeof item === "string" && item !== "") see(at, item);
      else if (depth > 0 || key !== "metadata") searchImages(item, at, depth + 1, see);
    }
  }
}
