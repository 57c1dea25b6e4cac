import { parseImage } from "../image-name.ts";
import type { KeyPath, MapNode, Node, ScalarNode } from "../splice/index.ts";
import { child, type Document, textOf } from "./files.ts";
import { partOf, type SettingPart, type VersionSetting } from "./setting.ts";

/** What the values of a chart say of images so far, by the path of the map that says it: files are read in the order in which they win over each other. */
export interface KnownValues {
  /** Names of images, and registries, by path. */
  readonly names: Map<string, string>;
  readonly registries: Map<string, string>;
  /** Maps that know a `digest` beside the tag. */
  readonly digests: Map<string, string>;
}

/** Nothing known yet. */
export function noValues(): KnownValues {
  return { names: new Map(), registries: new Map(), digests: new Map() };
}

const nameKeys = ["repository", "name", "imageName", "imageRepository"];
const tagKeys = ["tag", "imageTag", "version"];
const deepest = 30;

/**
 * Settings in one document of values, in the usual shapes: a map with `tag` and `repository` (or what the files before said there), `imageTag` beside the image's name or alone, and whole references
 * under `image` and `…Image`. Learns names as it goes. `at` is where the values begin in the document.
 */
export function valueSettings(
  document: Document,
  known: KnownValues,
  start: Node | undefined = document.root,
): readonly VersionSetting[] {
  const settings: VersionSetting[] = [];
  const origin = start !== undefined && start.kind !== "null" ? start.path.length : 0;
  const visit = (node: Node | undefined, key: string, depth: number): void => {
    if (node === undefined || depth > deepest) return;
    if (node.kind === "list") for (const item of node.items) visit(item, key, depth + 1);
    else if (node.kind === "scalar" && isImageKey(key)) settings.push(...wholeSetting(document, node));
    else if (node.kind === "map") visitMap(node, key, depth);
  };
  const visitMap = (node: MapNode, key: string, depth: number): void => {
    const setting = mapSetting(document, node, key, known, origin);
    if (setting !== undefined) settings.push(setting);
    const taken = new Set([setting?.name, setting?.tag].map((part) => part?.path.at(-1)));
    for (const entry of node.entries) if (!taken.has(entry.key)) visit(entry.node, entry.key, depth + 1);
  };
  visit(start, "", 0);
  return settings;
}

/** `image`, `webImage`, `image_web`. */
function isImageKey(key: string): boolean {
  return /^(?:image|.*Image|.*_image)$/.test(key);
}

function mapSetting(
  { file, document }: Document,
  node: MapNode,
  key: string,
  known: KnownValues,
  origin: number,
): VersionSetting | undefined {
  const where = JSON.stringify(node.path.slice(origin));
  const nameNode = nameKeys.map((name) => node.get(name)).find((one) => one?.kind === "scalar");
  const plainName = scalar(node.get("image"));
  const image = isImageKey(key) || /image/i.test(key);
  const tagNode = tagKeys
    .filter(
      (tag) => image || tag === "imageTag" || (tag === "tag" && (nameNode !== undefined || known.names.has(where))),
    )
    .map((tag) => scalar(node.get(tag)))
    .find((one) => one !== undefined);
  const sibling =
    plainName !== undefined && tagNode !== undefined && parseImage(plainName.value)?.tag === "" ? plainName : undefined;
  const name = (nameNode?.kind === "scalar" ? nameNode : undefined) ?? sibling;
  if (name !== undefined && (image || tagNode !== undefined)) known.names.set(where, name.value);
  const registry = textOf(node.get("registry"));
  if (registry !== "") known.registries.set(where, registry);
  const digest = scalar(node.get("digest"));
  if (digest !== undefined || node.get("digest")?.kind === "null") known.digests.set(where, "digest");
  if (tagNode === undefined && (digest === undefined || digest.value === "" || !(image || known.names.has(where))))
    return undefined;
  const full = fullName(known.names.get(where), known.registries.get(where));
  const digestKey = known.digests.get(where);
  return {
    subject: { kind: "image", name: full },
    matches: full,
    form: "values",
    file,
    document,
    at: node.path,
    ...(name === undefined ? {} : { name: partOf(name) }),
    ...(tagNode === undefined ? {} : { tag: partOf(tagNode) }),
    ...(digest === undefined ? {} : { digest: partOf(digest) }),
    ...(digestKey === undefined ? {} : { digestKey }),
  };
}

function scalar(node: Node | undefined): ScalarNode | undefined {
  return node?.kind === "scalar" ? node : undefined;
}

function fullName(name: string | undefined, registry: string | undefined): string | undefined {
  return name === undefined || registry === undefined ? name : `${registry}/${name}`;
}

/** A whole reference; text without tag and digest sets no version. */
function wholeSetting({ file, document }: Document, node: ScalarNode): readonly VersionSetting[] {
  const image = parseImage(node.value);
  if (image === undefined || (image.tag === "" && image.digest === "")) return [];
  const whole: SettingPart = partOf(node);
  const at: KeyPath = node.path.slice(0, -1);
  return [
    {
      subject: { kind: "image", name: image.name },
      matches: image.name,
      form: "values-text",
      file,
      document,
      at,
      whole,
    },
  ];
}

/** The values below a key, where a parent chart gives them to one that it includes. */
export function belowKey(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((here, key) => child(here, key), node);
}
