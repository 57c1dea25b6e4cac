import type { ImageReference, SettingPart, VersionSetting } from "../../edit/find/index.ts";
import type { ImageUse } from "./image-uses.ts";

/** One place of the target's render that is to show another image. */
export interface ImageRequest {
  readonly use: ImageUse;
  /** With the target's own name, where that stays. */
  readonly wanted: ImageReference;
  /** The image's name is to change too. */
  readonly renames: boolean;
}

/** What makes settings of two targets the same one. Manifests have no such thing. */
export function identityOf(setting: VersionSetting): string | undefined {
  const { form, matches, at, values, subject } = setting;
  if (form === "kustomize-image") return JSON.stringify([form, matches]);
  if (form === "values" || form === "values-text") {
    return JSON.stringify([form, values?.key ?? at, ...slotOf(setting)]);
  }
  return subject.kind === "chart" ? JSON.stringify([form, subject.name]) : undefined;
}

/** One map may set several images: the key of the text, or what the keys of tag and digest begin with. */
function slotOf({ whole, tag, digest, name }: VersionSetting): readonly string[] {
  const key = (part: SettingPart | undefined): string => String(part?.path.at(-1) ?? "");
  if (whole !== undefined) return [key(whole)];
  const part = key(tag ?? digest ?? name).replace(/[-_]?(?:tag|version|digest|repository|repo|name)$/i, "");
  return part === "" || part === "image" ? [] : [part];
}

/** What one setting is known by in its target: the place of its version. */
export function settingKey(setting: VersionSetting): string {
  const { file, document, heldIn, at, form, whole, tag, digest } = setting;
  return JSON.stringify([file, document, heldIn, form, (whole ?? tag ?? digest)?.path ?? at]);
}
