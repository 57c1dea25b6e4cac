import { printImage } from "../image-name.ts";
import type { YamlEdit } from "../splice/index.ts";
import { markerEdits } from "./marker-edits.ts";
import { type Blocked, partsOf, type SettingPart, type VersionSetting, wholeImage } from "./setting.ts";
import type { Refused, WantedImage, WantedVersion } from "./wanted-version.ts";

type Edits = readonly YamlEdit[] | Refused;

const reasons: Readonly<Record<Blocked, string>> = {
  alias: "the value is an alias; change it where its anchor is",
  anchor: "the value has an anchor that is used elsewhere",
  "merge key": "the value comes through a merge key",
  encrypted: "the value is encrypted",
  template: "the value is a template",
  "text block": "the value is a block of text",
  "inline patch": "the value is in the text of an inline patch; move the patch to a file of its own",
  "included chart": "the value belongs to an included chart",
};

/**
 * The edits that set the wanted version; none when the setting has it already. `name` is the image's name in the
 * render.
 */
export function versionEdits(setting: VersionSetting, wanted: WantedVersion): Edits {
  const edits = editsOf(setting, wanted);
  if ("refused" in edits) return edits;
  const blocked = blockedBy(setting, edits);
  if (blocked?.blocked === undefined) return inText(setting, edits);
  return { refused: `${setting.file}:${blocked.line}: ${reasons[blocked.blocked]}` };
}

/** Edits of what a text holds are one edit of that text; the document in it is its only one. */
function inText({ heldIn, document }: VersionSetting, edits: readonly YamlEdit[]): readonly YamlEdit[] {
  if (heldIn === undefined || edits.length === 0) return edits;
  const inner = edits.map((edit): YamlEdit => ({ ...edit, document: 0 }));
  return [{ kind: "held", document, path: heldIn, edits: inner }];
}

/** A part that has to change and cannot. An added key is only blocked where everything next to it is. */
function blockedBy(setting: VersionSetting, edits: readonly YamlEdit[]): SettingPart | undefined {
  const parts = partsOf(setting);
  const paths = new Set(edits.flatMap(({ kind, path }) => (kind === "insert" ? [] : [JSON.stringify(path)])));
  const changed = parts.filter(({ path }) => paths.has(JSON.stringify(path)));
  const isShared = edits.length > paths.size && parts.every(({ blocked }) => blocked !== undefined);
  return (isShared ? parts : changed).find(({ blocked }) => blocked !== undefined);
}

function editsOf(setting: VersionSetting, wanted: WantedVersion): Edits {
  if ("version" in wanted) {
    if (setting.version === undefined) return { refused: `${setting.file} sets no version of a chart there` };
    return setPart(setting, setting.version, wanted.version);
  }
  if (setting.marker !== undefined) return markerEdits(setting, setting.marker, wanted);
  if (setting.subject.kind === "chart") {
    return { refused: `${setting.file} sets a chart's version there, not an image's` };
  }
  if (setting.whole !== undefined) return wholeEdits(setting, setting.whole, wanted);
  if (wanted.tag === "" && wanted.digest === "") return { refused: "neither a tag nor a digest is wanted" };
  const isItem = setting.form === "kustomize-image" || setting.form === "object-image";
  return isItem ? itemEdits(setting, wanted) : valuesEdits(setting, wanted);
}

function setPart({ document }: VersionSetting, part: SettingPart, value: string): readonly YamlEdit[] {
  return part.value === value ? [] : [{ kind: "set", document, path: part.path, value }];
}

function remove({ document }: VersionSetting, part: SettingPart): readonly YamlEdit[] {
  return [{ kind: "remove", document, path: part.path }];
}

function insert({ document, at }: VersionSetting, key: string, value: string): readonly YamlEdit[] {
  return [{ kind: "insert", document, path: [...at, key], value }];
}

/** An item of `images`: a part that is not wanted is removed, and a tag that carries the digest goes on doing so. */
function itemEdits(setting: VersionSetting, { tag, digest, name }: WantedImage): readonly YamlEdit[] {
  const optional = (part: SettingPart | undefined, key: string, value: string): readonly YamlEdit[] => {
    if (part === undefined) return value === "" ? [] : insert(setting, key, value);
    return value === "" ? remove(setting, part) : setPart(setting, part, value);
  };
  const isNamed = name === undefined || setting.subject.name === name;
  if (setting.tag?.value.includes("@") === true && setting.digest === undefined && tag !== "" && digest !== "") {
    return [
      ...(isNamed ? [] : optional(setting.name, "newName", name)),
      ...setPart(setting, setting.tag, printTag({ tag, digest })),
    ];
  }
  return [
    ...(isNamed ? [] : optional(setting.name, "newName", name)),
    ...optional(setting.tag, "newTag", tag),
    ...optional(setting.digest, "digest", digest),
  ];
}

/** The written name stays unless another one is wanted. A digest beside the text is renewed, or taken away. */
function wholeEdits(setting: VersionSetting, part: SettingPart, { tag, digest, name }: WantedImage): Edits {
  const image = wholeImage(setting);
  if (image === undefined) {
    const why = reasons[part.blocked ?? "text block"];
    return {
      refused: `${setting.file}:${part.line}: ${part.blocked === undefined ? "the value is not an image name" : why}`,
    };
  }
  const fresh = name === undefined || setting.subject.name === name ? image.name : name;
  const beside = setting.digest;
  const text = printImage({ name: fresh, tag, digest: beside === undefined ? digest : "" });
  return [
    ...setPart(setting, part, `${setting.before ?? ""}${text}`),
    ...(beside === undefined ? [] : digest === "" ? remove(setting, beside) : setPart(setting, beside, digest)),
  ];
}

function valuesEdits(setting: VersionSetting, wanted: WantedImage): Edits {
  const names = nameEdits(setting, wanted.name);
  if ("refused" in names) return names;
  const { tag, digest, digestKey } = setting;
  if (tag?.value.includes("@") === true && digest === undefined) {
    if (wanted.tag === "")
      return {
        refused: `${setting.file}:${tag.line} has the digest after the tag, so it cannot set a digest without a tag`,
      };
    return [...names, ...setPart(setting, tag, printTag(wanted))];
  }
  if (wanted.digest !== "" && digest === undefined && digestKey === undefined) {
    const where = `${setting.file}${tag === undefined ? "" : `:${tag.line}`}`;
    return {
      refused: `${where} sets only a tag, and the chart has no \`digest\` next to it, so it cannot set a digest`,
    };
  }
  const { values } = setting;
  const edits = [
    ...valueEdits(setting, tag, tagKeyOf(setting), wanted.tag, values?.tagBelow),
    ...valueEdits(setting, digest, digestKey ?? "digest", wanted.digest, values?.digestBelow),
  ];
  const adds = edits.some(({ kind }) => kind === "insert");
  return [...names, ...(adds ? edits.map(emptied) : edits)];
}

/** Empties instead of removes when a key is added: one step cannot remove the last key of a map and add one. */
function emptied(edit: YamlEdit): YamlEdit {
  return edit.kind === "remove" ? { ...edit, kind: "set", value: "" } : edit;
}

/** A tag with the digest in it. */
function printTag({ tag, digest }: Pick<WantedImage, "tag" | "digest">): string {
  return digest === "" ? tag : `${tag}@${digest}`;
}

/** The key of the tag, or the one that it would have next to the digest. */
export function tagKeyOf({ tag, digestKey = "digest" }: VersionSetting): string {
  if (tag !== undefined) return String(tag.path.at(-1));
  return digestKey.replace(/digest$/, "tag").replace(/Digest$/, "Tag");
}

/**
 * `below` is the value without the key: a default that is no longer wanted is overridden by an empty value, and a
 * chart's own defaults keep their keys.
 */
function valueEdits(
  setting: VersionSetting,
  part: SettingPart | undefined,
  key: string,
  value: string,
  below: string | undefined,
): readonly YamlEdit[] {
  const isShown = below !== undefined && below !== "";
  if (value !== "") return part === undefined ? insert(setting, key, value) : setPart(setting, part, value);
  if (part === undefined) return isShown ? insert(setting, key, "") : [];
  if (part.value === "") return [];
  return isShown || setting.values?.isDefault === true ? setPart(setting, part, "") : remove(setting, part);
}

/** Values may have the registry apart from the name. */
function nameEdits(setting: VersionSetting, name: string | undefined): Edits {
  if (name === undefined || setting.subject.name === name) return [];
  const { name: part, registry: registryPart } = setting;
  if (part === undefined) return { refused: `${setting.file} does not set the image's name there` };
  const registry = setting.values?.registry ?? registryPart?.value ?? "";
  if (registry === "") return setPart(setting, part, name);
  if (name.startsWith(`${registry}/`)) return setPart(setting, part, name.slice(registry.length + 1));
  const slash = name.indexOf("/");
  if (registryPart?.value !== registry || slash < 0) {
    return { refused: `${setting.file}:${part.line}: the registry \`${registry}\` is set elsewhere` };
  }
  return [...setPart(setting, registryPart, name.slice(0, slash)), ...setPart(setting, part, name.slice(slash + 1))];
}
