import { pointerStep } from "../../diff/value.ts";
import { settingVersion, type VersionSetting } from "../../edit/find/index.ts";
import type { KeyPath } from "../../edit/splice/index.ts";
import { type ImageRequest, identityOf } from "./image-request.ts";
import { heldPrefix, type ImageUse } from "./image-uses.ts";

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
  const transformers = decidingItems(use, named, settings);
  if (transformers.length > 0) return transformers;
  const values = winners(named.filter((setting) => isValues(setting) && setsVersion(setting, use)));
  if (values.length > 0) return values;
  const manifests = named.filter((setting) => isManifest(setting) && setsVersion(setting, use));
  const here = manifests.filter((setting) => standsAt(setting, use));
  if (manifests.length > 0) return here.length > 0 ? here : manifests;
  const unnamed = winners(images.filter((setting) => setting.subject.name === undefined && setsVersion(setting, use)));
  const alike = unnamed.filter((setting) => hasCounterpart(setting, source, wanted));
  if (unnamed.length > 0) return alike.length > 0 ? alike : unnamed;
  return winners(named.filter((setting) => isValues(setting) && isEmpty(setting)));
}

/**
 * The items of kustomize's `images` that decide about a place: of several that give the same name, the one that matches
 * the name that the container has before, where that is known; else those that say what the place shows.
 */
function decidingItems(
  use: ImageUse,
  named: readonly VersionSetting[],
  settings: readonly VersionSetting[],
): readonly VersionSetting[] {
  const all = named.filter((setting) => setting.form === "kustomize-image" && !isEmpty(setting));
  const matching = all.filter(({ matchesNothing }) => matchesNothing !== true);
  const items = winners(matching.length > 0 ? matching : all);
  if (items.length < 2 || use.container === undefined) return items.slice(0, 1);
  const shown = items.filter((item) => setsVersion(item, use));
  const origins = new Set(
    settings.filter((setting) => isManifest(setting) && isOrigin(setting, use)).map(({ matches }) => matches),
  );
  const own = (shown.length > 0 ? shown : items).filter(({ matches }) => origins.has(matches));
  if (own.length > 0) return own;
  return shown.length > 0 ? shown : items.slice(0, 1);
}

/** Whether a manifest's setting is where the container of a place comes from. */
function isOrigin(setting: VersionSetting, use: ImageUse): boolean {
  if (standsAt(setting, use)) return true;
  const [kind] = use.resource.split("/");
  const [ownKind, ownName = ""] = setting.resource?.split("/") ?? [];
  const sameObject = ownKind === kind && (ownName === use.owner || use.owner.includes(ownName));
  return sameObject && setting.container !== undefined && setting.container === use.container;
}

function isManifest({ form }: VersionSetting): boolean {
  return form === "manifest" || form === "object-image";
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
function setsVersion(setting: VersionSetting, { image }: ImageUse): boolean {
  const { tag, digest } = settingVersion(setting);
  if (setting.whole !== undefined) return tag === image.tag && digest === image.digest;
  if (digest !== "" && digest === image.digest) return image.tag === "" || image.tag === tag;
  return tag !== "" && tag === image.tag && (image.digest === "" || image.digest === digest);
}

/** A value that leaves the version to the chart. */
function isEmpty({ tag, digest, whole }: VersionSetting): boolean {
  return whole === undefined && (tag?.value ?? "") === "" && (digest?.value ?? "") === "";
}

/** Whether the setting stands where the place is: a manifest that is rendered as it is. */
function standsAt({ file, heldIn, whole, tag, digest }: VersionSetting, use: ImageUse): boolean {
  const pointer = (path: KeyPath): string => path.map(pointerStep).join("");
  const own = pointer(whole?.path ?? tag?.path ?? digest?.path ?? []);
  const place = heldIn === undefined ? own : `${heldPrefix(pointer(heldIn))}${own}`;
  return file === use.file && place === use.pointer;
}

/** Whether the source says the wanted version at the same key. */
function hasCounterpart(
  setting: VersionSetting,
  source: readonly VersionSetting[],
  { tag }: { readonly tag: string },
): boolean {
  return source.some((other) => identityOf(other) === identityOf(setting) && other.tag?.value === tag);
}
