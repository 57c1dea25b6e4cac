import { type Item, resourceLabel } from "../../diff/item.ts";
import { type Container, containersOf } from "../../diff/pods.ts";
import { pointerStep, textAt, type ValueObject } from "../../diff/value.ts";
import {
  type ImageReference,
  parseImage,
  printImage,
  type ShownImage,
  shownImages,
  versionOf,
} from "../../edit/find/index.ts";
import type { KeyPath } from "../../edit/splice/index.ts";
import { nodeOf } from "./value-node.ts";

/** One place of a render that names an image. */
export interface ImageUse {
  /** The resource's identity in its render; with `pointer` it is the place's. */
  readonly item: string;
  /** `Kind/namespace/name`. */
  readonly resource: string;
  /** Of the reference; of an image in parts that of its tag, else of its digest. */
  readonly pointer: string;
  /** Where the parts are, of an image that is not one text. */
  readonly parts?: { readonly tag?: string; readonly digest?: string };
  /** What stands before the reference in its text: `app=`. */
  readonly before?: string;
  /** What the place is called in every environment: the kind, and the container's section and name. */
  readonly role: string;
  /** What people call the place: "init container `migrate`", "`spec.image` of Cluster `db`". */
  readonly place: string;
  /** The container, where it is one's image. */
  readonly container: string | undefined;
  /** The name of the resource, as it is in this environment. */
  readonly owner: string;
  /** The reference, put together where it is in parts. */
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
 * Every place that names an image: containers, and whatever else of an object names one with a version, as
 * `findSettings` finds it in files. In the render's order.
 */
export function imageUses(items: readonly Item[]): readonly ImageUse[] {
  return items.flatMap(usesOf);
}

const known = new WeakMap<ValueObject, readonly ImageUse[]>();

function usesOf(item: Item): readonly ImageUse[] {
  const before = known.get(item.object);
  if (before !== undefined) return before;
  const { key, id, file } = item;
  const about = { item: key, resource: resourceLabel(id), owner: id.name, file };
  const found = placesOf(item).map(({ image, ...place }): ImageUse => {
    return { ...about, ...place, name: image.name, version: versionOf(image), image };
  });
  known.set(item.object, found);
  return found;
}

type Place = Pick<ImageUse, "pointer" | "parts" | "before" | "role" | "place" | "container" | "text" | "image">;

function placesOf({ object, id }: Item): readonly Place[] {
  const containers = containersOf(object).flatMap((one) => containerPlace(one, id.kind));
  const seen = new Set(containers.map(({ pointer }) => pointer));
  const others = shownImages(nodeOf(object)).flatMap((shown) => otherPlace(shown, id));
  return [...containers, ...others.filter(({ pointer }) => !seen.has(pointer))];
}

const sections = {
  containers: "container",
  initContainers: "init container",
  ephemeralContainers: "ephemeral container",
} as const;

function containerPlace({ pointer, section, name, container }: Container, kind: string): readonly Place[] {
  const text = textAt(container, "image");
  const image = parseImage(text);
  if (image === undefined) return [];
  const about = { role: `${kind} ${section} ${name}`, place: `${sections[section]} \`${name}\``, container: name };
  return [{ pointer: `${pointer}/image`, ...about, text, image }];
}

function otherPlace(shown: ShownImage, id: Item["id"]): readonly Place[] {
  const { image, whole, before } = shown;
  const path = whole ?? shown.tag ?? shown.digest;
  if (path === undefined) return [];
  const held = shown.heldIn === undefined ? undefined : pointerOf(shown.heldIn);
  const pointer = heldPointer(held, pointerOf(path));
  const parts = {
    ...(shown.tag !== undefined && { tag: heldPointer(held, pointerOf(shown.tag)) }),
    ...(shown.digest !== undefined && { digest: heldPointer(held, pointerOf(shown.digest)) }),
  };
  const { volume } = shown;
  const place =
    volume === undefined
      ? `\`${shown.heldIn === undefined ? "" : `${dotted(shown.heldIn)}: `}${dotted(path)}\` of ${id.kind} \`${id.name}\``
      : `image ${volume.replace(" ", " `")}\``;
  const role = `${id.kind} ${volume ?? pointer}`;
  const about = { role, place, container: undefined, text: printImage(image), image };
  return [{ pointer, ...about, ...(Object.keys(parts).length > 0 && { parts }), ...(before ? { before } : {}) }];
}

/** The pointer of a value in a document that the text at `held` holds: no pointer of an object is like it. */
function heldPointer(held: string | undefined, pointer: string): string {
  return held === undefined ? pointer : `${heldPrefix(held)}${pointer}`;
}

/** What the pointers of values begin with that stand in the text at a pointer. */
export function heldPrefix(pointer: string): string {
  return `${pointer}\n`;
}

function pointerOf(path: KeyPath): string {
  return path.map(pointerStep).join("");
}

/** `spec.sources[0].helm` */
function dotted(path: KeyPath): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${step}`))
    .join("");
}
