import { pointerStep } from "../../diff/value.ts";
import { parseImage, type VersionSetting } from "../../edit/find/index.ts";
import { type ImageRequest, identityOf } from "./image-request.ts";
import type { ImageUse } from "./image-uses.ts";

/**
 * The settings that decide about one place of a render; all of them are to change. `settings` are in the order in which
 * they win. None: nothing that can be read sets it, or several might and it cannot be told which. Whatever is chosen is
 * proven by rendering.
 */
export function decidingSettings(
  { use, wanted }: ImageRequest,
  settings: readonly VersionSetting[],
  source: readonly VersionSetting[],
): readonly VersionSetting[] {
  const images = settings.filter(({ subject, decidedBy }) => subject.kind === "image" && decidedBy === undefined);
  const named = images.filter(({ subject }) => subject.name === use.name);
  const transformer = named.find((setting) => setting.form === "kustomize-image" && !isEmpty(setting));
  if (transformer !== undefined) return [transformer];
  const values = winners(named.filter((setting) => isValues(setting) && setsVersion(setting, use)));
  if (values.length > 0) return values;
  const manifests = named.filter((setting) => setting.form === "manifest" && setsVersion(setting, use));
  const here = manifests.filter((setting) => standsAt(setting, use));
  if (manifests.length > 0) return here.length > 0 ? here : manifests;
  const unnamed = winners(images.filter((setting) => setting.subject.name === undefined && setsVersion(setting, use)));
  const alike = unnamed.filter((setting) => hasCounterpart(setting, source, wanted));
  if (unnamed.length > 0) return alike.length > 0 ? alike : unnamed;
  return winners(named.filter((setting) => isValues(setting) && isEmpty(setting)));
}

function isValues({ form }: VersionSetting): boolean {
  return form === "values" || form === "values-text";
}

/** Of settings of the same key in several files, the one that wins. */
function winners(settings: readonly VersionSetting[]): readonly VersionSetting[] {
  const first = new Map<string | undefined, VersionSetting>();
  for (const setting of settings) {
    const key = identityOf(setting);
    if (!first.has(key)) first.set(key, setting);
  }
  return [...first.values()];
}

/** Whether the place shows what the setting says. A chart may leave the tag out where there is a digest. */
function setsVersion({ whole, tag, digest }: VersionSetting, { image }: ImageUse): boolean {
  if (whole !== undefined) {
    const written = parseImage(whole.value);
    return written !== undefined && written.tag === image.tag && written.digest === image.digest;
  }
  const [tagText = "", inTag = ""] = (tag?.value ?? "").split("@");
  const digestText = inTag === "" ? (digest?.value ?? "") : inTag;
  if (digestText !== "" && digestText === image.digest) return image.tag === "" || image.tag === tagText;
  return tagText !== "" && tagText === image.tag && (image.digest === "" || image.digest === digestText);
}

/** A value that leaves the version to the chart. */
function isEmpty({ tag, digest, whole }: VersionSetting): boolean {
  return whole === undefined && (tag?.value ?? "") === "" && (digest?.value ?? "") === "";
}

/** Whether the setting stands where the place is: a manifest that is rendered as it is. */
function standsAt({ file, whole }: VersionSetting, use: ImageUse): boolean {
  return file === use.file && (whole?.path ?? []).map(pointerStep).join("") === use.pointer;
}

/** Whether the source says the wanted version at the same key. */
function hasCounterpart(
  setting: VersionSetting,
  source: readonly VersionSetting[],
  { tag }: { readonly tag: string },
): boolean {
  return source.some((other) => identityOf(other) === identityOf(setting) && other.tag?.value === tag);
}
