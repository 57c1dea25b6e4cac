import type { Json } from "../../model/json.ts";
import { parseImage, printImage } from "../image-name.ts";
import { documentAt, type KeyPath, type Node, parseYaml, type YamlEdit } from "../splice/index.ts";
import { imageItems, isReached } from "./kustomization.ts";
import { child, scalarOf } from "./nodes.ts";
import type { FoundSettings, VersionSetting } from "./setting.ts";
import { tagKeyOf, versionEdits } from "./version-edits.ts";
import type { WantedImage, WantedVersion } from "./wanted-version.ts";

/** One edit of one file. */
export interface FileEdit {
  readonly file: string;
  readonly edit: YamlEdit;
}

/** A file that belongs to the target alone. */
interface Own {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * The edits that override a setting of a shared file in a file of the target's own: an item of `images` in its
 * outermost kustomization, or the same key in a value file that wins over the setting's. `own` is that file with its
 * bytes. `undefined` where nothing there can override it: plain manifests, versions of charts, lists in values, images
 * without a name, digests that the chart has no key for.
 */
export function overrideFor(
  setting: VersionSetting,
  wanted: WantedVersion,
  found: Pick<FoundSettings, "kustomizations" | "valueFiles">,
  own: Own,
): readonly FileEdit[] | undefined {
  if ("version" in wanted || setting.subject.kind !== "image") return undefined;
  const edits = editsIn(setting, wanted, found, own);
  return edits?.map((edit) => ({ file: own.file, edit }));
}

type Edits = readonly YamlEdit[] | undefined;

function editsIn(
  setting: VersionSetting,
  wanted: WantedImage,
  found: Pick<FoundSettings, "kustomizations" | "valueFiles">,
  own: Own,
): Edits {
  if (wanted.tag === "" && wanted.digest === "") return undefined;
  if (own.file === found.kustomizations[0]) return kustomizeOverride(setting, wanted, own);
  const isValues = setting.form === "values" || setting.form === "values-text";
  return isValues && setting.values?.above.includes(own.file) === true
    ? valuesOverride(setting, setting.values.key, wanted, own)
    : undefined;
}

/** The outermost kustomization matches the name that the inner ones give, and its result is the setting's subject. */
function kustomizeOverride(setting: VersionSetting, wanted: WantedImage, { file, bytes }: Own): Edits {
  const name = setting.subject.name;
  if (name === undefined || !isReached(setting)) return undefined;
  const root = documentAt(parseYaml(file, bytes), 0);
  const item = root && imageItems({ file, document: 0, root }).findLast(({ subject }) => subject.name === name);
  // An item that gives another image this name may match nothing, and does not change images that have the name
  // already.
  if (item !== undefined && item.matches === name) {
    const edits = versionEdits(item, wanted);
    return "refused" in edits ? undefined : edits;
  }
  const value: Json = {
    name,
    ...(wanted.name === undefined || wanted.name === name ? {} : { newName: wanted.name }),
    ...(wanted.tag === "" ? {} : { newTag: wanted.tag }),
    ...(wanted.digest === "" ? {} : { digest: wanted.digest }),
  };
  // kustomize would read both keys as one duplicate key.
  const key = child(root, "images") === undefined && child(root, "imageTags") !== undefined ? "imageTags" : "images";
  const isThere = child(root, key)?.kind === "list";
  return [{ kind: "insert", document: 0, path: isThere ? [key, "-"] : [key], value: isThere ? value : [value] }];
}

function valuesOverride(setting: VersionSetting, key: KeyPath, wanted: WantedImage, { file, bytes }: Own): Edits {
  const texts = overridingTexts(setting, wanted);
  const root = documentAt(parseYaml(file, bytes), 0);
  const edits = texts?.map(([name, value]) => editAt(root, [...key, name], value));
  return edits?.every((edit) => edit !== undefined) === true ? edits : undefined;
}

/** The values of a chart that set the wanted version, by their keys next to the setting. */
function overridingTexts(
  setting: VersionSetting,
  wanted: WantedImage,
): readonly (readonly [string, string])[] | undefined {
  const { whole, tag, digest, digestKey, values, subject } = setting;
  if (wanted.name !== undefined && wanted.name !== subject.name) return undefined;
  if (whole !== undefined) {
    const written = parseImage(whole.value)?.name;
    return written === undefined ? undefined : [[keyOf(whole.path), printImage({ ...wanted, name: written })]];
  }
  const tagKey = tagKeyOf(setting);
  if (tag?.value.includes("@") === true && digest === undefined) {
    if (wanted.tag === "") return undefined;
    return [[tagKey, wanted.digest === "" ? wanted.tag : `${wanted.tag}@${wanted.digest}`]];
  }
  if (wanted.digest !== "" && digestKey === undefined) return undefined;
  const digestBelow = digest?.value || values?.digestBelow || "";
  const tagBelow = tag?.value || values?.tagBelow || "";
  return [
    ...(wanted.tag === tagBelow ? [] : [[tagKey, wanted.tag] as const]),
    ...(wanted.digest === digestBelow ? [] : [[digestKey ?? "digest", wanted.digest] as const]),
  ];
}

function keyOf(path: KeyPath): string {
  return String(path.at(-1));
}

/** A list in a value file replaces the chart's whole list, so nothing is added to one. */
function editAt(root: Node | undefined, path: KeyPath, value: string): YamlEdit | undefined {
  if (path.some((step) => typeof step === "number")) return undefined;
  let node: Node | undefined = root;
  for (const step of path) {
    if (node !== undefined && node.kind !== "map")
      return node.kind === "null" ? { kind: "insert", document: 0, path, value } : undefined;
    node = node?.get(String(step));
  }
  if (node === undefined) return { kind: "insert", document: 0, path, value };
  return scalarOf(node) && { kind: "set", document: 0, path, value };
}
