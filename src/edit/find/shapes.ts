import { parseImage } from "../image-name.ts";
import type { MapNode, Node, ScalarNode } from "../splice/index.ts";
import { scalarOf } from "./nodes.ts";

/** The keys of an image's parts in one map. */
export interface ImageKeys {
  /** The first that has a value is the name. */
  readonly names: readonly string[];
  readonly registry: string;
  readonly tag: string;
  readonly digest: string;
}

/** An image in a map: its parts under keys of their own, or one text. */
export interface Shape {
  readonly map: MapNode;
  readonly keys: ImageKeys;
  readonly name?: ScalarNode;
  readonly registry?: ScalarNode;
  readonly tag?: ScalarNode;
  readonly digest?: ScalarNode;
  readonly whole?: ScalarNode;
}

/** Returns the text at a map's key, wherever it is set; `undefined` when it is not set or empty. */
export type Known = (map: MapNode, key: string) => string | undefined;

/** How to search for images. */
export interface Search {
  readonly known: Known;
  /** Keys without images, such as labels. */
  readonly skip?: (key: string, depth: number) => boolean;
  /** Called before each value and for each image: `false` ends the search. */
  readonly mayVisit: () => boolean;
  readonly mayFind: () => boolean;
}

const maxDepth = 40;
const imageKey = /(?:^image|Image|[_-]image)s?$/;
const imagesKey = /(?:^images|Images|[_-]images)$/;
const partKey = /^(.*Image|(?:.*[_-])?image)(?:[_-]tag|[_-]digest|Tag|Digest)$/;

/**
 * Every image below a node, in the usual shapes: `image: {repository, tag}`, `tag` next to `repository`, `image` or
 * `webImage` as one text, `imageTag`, and lists and maps of these.
 */
export function shapesIn(start: Node, search: Search): readonly Shape[] {
  const shapes: Shape[] = [];
  visit(start, "", 0, search, shapes);
  return shapes;
}

function visit(node: Node, key: string, depth: number, search: Search, shapes: Shape[]): void {
  if (depth > maxDepth || !search.mayVisit()) return;
  if (node.kind === "list") {
    for (const item of node.items) visit(item, key, depth + 1, search, shapes);
  } else if (node.kind === "map") {
    for (const shape of shapesOf(node, key, search.known)) if (search.mayFind()) shapes.push(shape);
    for (const entry of node.entries) {
      if (search.skip?.(entry.key, depth) !== true) visit(entry.node, entry.key, depth + 1, search, shapes);
    }
  }
}

/** The images of one map, which is the value of `key`. */
function shapesOf(map: MapNode, key: string, known: Known): readonly Shape[] {
  const named = (name: string): string | undefined => known(map, name);
  const parts = [standardKeys(map, key, named), ...prefixes(map).map(prefixedKeys)].flatMap((keys) =>
    keys === undefined ? [] : [partsShape(map, keys)],
  );
  const taken = new Set(parts.map(({ name, whole }) => name ?? whole));
  const texts = map.entries.flatMap(({ key: own, node }): Shape[] => {
    const text = scalarOf(node);
    if (text === undefined || taken.has(text) || !isImageText(own, key, text)) return [];
    const keys = partsBeside(own, named);
    return [keys === undefined ? { map, keys: { ...prefixedKeys(own) }, whole: text } : partsShape(map, keys)];
  });
  return [...parts, ...texts];
}

function partsShape(map: MapNode, keys: ImageKeys): Shape {
  const name = keys.names.map((key) => scalarOf(map.get(key))).find((node) => node !== undefined && node.value !== "");
  const registry = scalarOf(map.get(keys.registry));
  const tag = scalarOf(map.get(keys.tag));
  const digest = scalarOf(map.get(keys.digest));
  if (name !== undefined && isEmpty(tag) && isEmpty(digest) && hasVersion(name.value))
    return { map, keys, whole: name };
  return {
    map,
    keys,
    ...(name && { name }),
    ...(registry && { registry }),
    ...(tag && { tag }),
    ...(digest && { digest }),
  };
}

function isEmpty(part: ScalarNode | undefined): boolean {
  return part === undefined || part.value === "";
}

/** Whether a text under a key for names carries the version too. */
function hasVersion(text: string): boolean {
  const image = parseImage(text);
  return image !== undefined && (image.tag !== "" || image.digest !== "");
}

type Named = (key: string) => string | undefined;

/** `repository`, `tag` and `digest`: in a map called image, or next to an image's name. */
function standardKeys(map: MapNode, key: string, named: Named): ImageKeys | undefined {
  const isImage = imageKey.test(key);
  const names = ["repository", "repo", "image", "imageName", "imageRepository", ...(isImage ? ["name"] : [])];
  const tag =
    isImage && map.get("tag") === undefined && named("tag") === undefined && map.get("version") ? "version" : "tag";
  const keys = { names, registry: "registry", tag, digest: "digest" };
  const isSet = (one: string): boolean => scalarOf(map.get(one)) !== undefined;
  if (isSet(tag) || isSet("digest")) {
    const name = names.map(named).find((one) => one !== undefined);
    return isImage || (name !== undefined && isName(name)) ? keys : undefined;
  }
  return isImage && names.some(isSet) ? keys : undefined;
}

function isName(text: string): boolean {
  return parseImage(text)?.tag === "" || text.includes("{{");
}

/** The prefixes of `Tag` and `Digest` in the keys of a map: `image` of `imageTag`. */
function prefixes(map: MapNode): readonly string[] {
  const found = map.entries.flatMap(({ key, node }) => {
    const image = scalarOf(node) === undefined ? undefined : partKey.exec(key)?.[1];
    return image === undefined ? [] : [image];
  });
  return [...new Set(found)];
}

function prefixedKeys(image: string): ImageKeys {
  const join = /[_-]/.exec(image)?.[0];
  const own = (part: string): string => (join === undefined ? `${image}${capital(part)}` : `${image}${join}${part}`);
  const names = [own("repository"), own("repo"), own("name"), image, ...(image === "image" ? ["repository"] : [])];
  return { names, registry: own("registry"), tag: own("tag"), digest: own("digest") };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * Whether a text under `own`, in a map under `key`, is an image. Under `image` it needs no version, under other names
 * it does.
 */
function isImageText(own: string, key: string, { value }: ScalarNode): boolean {
  if (value === "") return false;
  // A volume of a pod: `image: { reference: … }`.
  if (own === "reference" && key === "image") return parseImage(value) !== undefined;
  const isCalled = imageKey.test(own) && !imagesKey.test(own);
  if (!isCalled && !imagesKey.test(key)) return false;
  const image = parseImage(value);
  if (image === undefined) return own === "image" && /\{\{|^ENC\[/.test(value);
  return own === "image" || image.tag !== "" || image.digest !== "";
}

/** The keys of a version that is set next to a text, in this file or another: then the text is only the name. */
function partsBeside(own: string, named: Named): ImageKeys | undefined {
  const prefixed = prefixedKeys(own);
  if (named(prefixed.tag) !== undefined || named(prefixed.digest) !== undefined) return prefixed;
  if (own !== "image" || named("tag") === undefined) return undefined;
  return { names: ["image"], registry: "registry", tag: "tag", digest: "digest" };
}
