import { parseImage, printImage } from "../image-name.ts";
import type { YamlEdit } from "../splice/index.ts";
import type { SettingPart, VersionSetting } from "./setting.ts";

/** The version that is wanted: of an image (an empty digest: none), with another name where that changes too; or of a chart. */
export type WantedVersion =
  | { readonly tag: string; readonly digest: string; readonly name?: string }
  | { readonly version: string };

/** Why a setting cannot be given a version. */
export interface Refused {
  readonly refused: string;
}

/** The edits that turn a setting into the wanted version; none when it has it already. */
export function versionEdits(setting: VersionSetting, wanted: WantedVersion): readonly YamlEdit[] | Refused {
  const parts = [setting.name, setting.tag, setting.digest, setting.whole, setting.version];
  const blocked = parts.find((part) => part?.blocked !== undefined);
  const edits = editsOf(setting, wanted);
  if ("refused" in edits || edits.length === 0 || blocked === undefined) return edits;
  return { refused: `${setting.file}:${blocked.line}: ${reasons[blocked.blocked ?? "template"]}` };
}

const reasons: Readonly<Record<NonNullable<SettingPart["blocked"]>, string>> = {
  alias: "the value is an alias; change it where its anchor is",
  anchor: "the value has an anchor that is used elsewhere",
  "merge key": "the value comes through a merge key",
  encrypted: "the value is encrypted",
  template: "the value is a template",
  "text block": "the value is a block of text",
};

function editsOf(setting: VersionSetting, wanted: WantedVersion): readonly YamlEdit[] | Refused {
  if ("version" in wanted) {
    return setting.version === undefined
      ? { refused: `${setting.file} sets no version of a chart` }
      : setPart(setting, setting.version, wanted.version);
  }
  switch (setting.form) {
    case "kustomize-image":
      return [
        ...nameEdits(setting, wanted.name, "newName"),
        ...optional(setting, setting.tag, "newTag", wanted.tag),
        ...optional(setting, setting.digest, "digest", wanted.digest),
      ];
    case "values":
      return valuesEdits(setting, wanted);
    case "values-text":
    case "manifest":
      return wholeEdits(setting, wanted);
    case "helm-charts":
    case "chart-dependency":
      return { refused: `${setting.file} sets a chart's version there, not an image's` };
    default:
      return setting.form satisfies never;
  }
}

function setPart({ document }: VersionSetting, part: SettingPart, value: string): readonly YamlEdit[] {
  return part.value === value ? [] : [{ kind: "set", document, path: part.path, value }];
}

/** Sets, adds or takes away a key; an empty value means that it must not be there. */
function optional(
  setting: VersionSetting,
  part: SettingPart | undefined,
  key: string,
  value: string,
): readonly YamlEdit[] {
  const { document, at } = setting;
  if (part === undefined) return value === "" ? [] : [{ kind: "insert", document, path: [...at, key], value }];
  return value === "" ? [{ kind: "remove", document, path: part.path }] : setPart(setting, part, value);
}

function nameEdits(setting: VersionSetting, name: string | undefined, key: string): readonly YamlEdit[] {
  return name === undefined || (setting.name === undefined && name === setting.matches)
    ? []
    : optional(setting, setting.name, key, name);
}

function valuesEdits(
  setting: VersionSetting,
  { tag, digest, name }: { readonly tag: string; readonly digest: string; readonly name?: string },
): readonly YamlEdit[] | Refused {
  const { tag: part, digest: digestPart } = setting;
  const names =
    name === undefined || setting.name === undefined || setting.name.value === name
      ? []
      : setPart(setting, setting.name, name);
  if (part?.value.includes("@") === true)
    return [...names, ...setPart(setting, part, digest === "" ? tag : `${tag}@${digest}`)];
  const digests =
    digestPart !== undefined && digest === ""
      ? emptied(setting, digestPart)
      : optional(setting, digestPart, setting.digestKey ?? "digest", digest);
  if (digest !== "" && digestPart === undefined && setting.digestKey === undefined) {
    return {
      refused: `${setting.file} sets a tag alone, and the chart shows no \`digest\` beside it, so a digest has no place there`,
    };
  }
  const tags =
    part === undefined
      ? optional(setting, part, "tag", tag)
      : tag === ""
        ? emptied(setting, part)
        : setPart(setting, part, tag);
  return [...names, ...tags, ...digests];
}

/** A value that a chart's default would fill again is emptied, not taken away. */
function emptied(setting: VersionSetting, part: SettingPart): readonly YamlEdit[] {
  return setPart(setting, part, "");
}

function wholeEdits(
  setting: VersionSetting,
  wanted: { readonly tag: string; readonly digest: string; readonly name?: string },
): readonly YamlEdit[] | Refused {
  const image = setting.whole === undefined ? undefined : parseImage(setting.whole.value);
  if (setting.whole === undefined || image === undefined)
    return { refused: `${setting.file} has no image there that can be read` };
  return setPart(
    setting,
    setting.whole,
    printImage({ name: wanted.name ?? image.name, tag: wanted.tag, digest: wanted.digest }),
  );
}
