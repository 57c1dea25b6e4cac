import { parseImage, printImage } from "../image-name.ts";
import type { YamlEdit } from "../splice/index.ts";
import type { Marker, SettingPart, VersionSetting } from "./setting.ts";
import type { Refused, WantedImage } from "./wanted-version.ts";

/**
 * The edits that set a value with a marker to its part of the wanted image; a refusal where the image has no such part.
 * The name changes only where another one is wanted.
 */
export function markerEdits(
  setting: VersionSetting,
  { part: kind }: Marker,
  wanted: WantedImage,
): readonly YamlEdit[] | Refused {
  const part = setting[kind];
  if (part === undefined) return { refused: `${setting.file} has no value for its marker` };
  const value = wantedText(setting, part, kind, wanted);
  if (typeof value !== "string") return { refused: `${setting.file}:${part.line}: ${value.refused}` };
  return part.value === value ? [] : [{ kind: "set", document: setting.document, path: part.path, value }];
}

function wantedText(
  { subject }: VersionSetting,
  part: SettingPart,
  kind: Marker["part"],
  wanted: WantedImage,
): string | Refused {
  const { tag, digest, name } = wanted;
  switch (kind) {
    case "name":
      return name === undefined || name === subject.name ? part.value : name;
    case "digest":
      return digest === "" ? { refused: "the marker is for a digest, and none is wanted" } : digest;
    case "tag":
      if (tag === "") return { refused: "the marker is for a tag, and only a digest is wanted" };
      return part.value.includes("@") && digest !== "" ? `${tag}@${digest}` : tag;
    case "whole": {
      if (tag === "" && digest === "") return { refused: "neither a tag nor a digest is wanted" };
      const written = parseImage(part.value)?.name;
      const fresh = name === undefined || name === subject.name ? (written ?? name) : name;
      if (fresh === undefined) return { refused: "the value is not an image name" };
      return printImage({ name: fresh, tag, digest });
    }
    default:
      return kind satisfies never;
  }
}
