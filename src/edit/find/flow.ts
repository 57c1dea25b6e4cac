import { parseImage } from "../image-name.ts";
import { isReached } from "./kustomization.ts";
import { type PatchSetting, replaces } from "./patches.ts";
import { placeOf, type VersionSetting } from "./setting.ts";

/**
 * A setting on its way through the kustomizations, from a manifest, a chart, a patch or an `images` item out to the
 * outermost.
 */
export interface Flowing {
  readonly setting: VersionSetting;
  /** The images of manifests and charts that it decides about, or would without others over it. */
  readonly roots: readonly number[];
  /** Its own image, for settings of manifests and charts. */
  readonly root?: number;
  /** When it was applied. */
  readonly since: number;
  /** When a patch replaced it. */
  readonly replaced?: number;
}

/** Follows what sets images while kustomize applies patches and `images`. What decides comes first. */
export class Flow {
  #clock = 0;

  /** Settings of manifests and charts. */
  begin(settings: readonly VersionSetting[]): readonly Flowing[] {
    return settings.map((setting) => {
      this.#clock += 1;
      return { setting, roots: [this.#clock], root: this.#clock, since: this.#clock };
    });
  }

  /** A patch replaces a container's image; what set only that image no longer decides. */
  patch(flowing: readonly Flowing[], patch: PatchSetting): readonly Flowing[] {
    this.#clock += 1;
    const [now, decidedBy] = [this.#clock, placeOf(patch.setting)];
    const applied = flowing.map((one) =>
      one.root !== undefined && replaces(patch, one.setting)
        ? { ...one, replaced: now, setting: { ...one.setting, decidedBy } }
        : one,
    );
    const when = new Map(applied.map(({ root, replaced }) => [root, replaced]));
    const isIdle = ({ root, roots, since }: Flowing): boolean =>
      root === undefined && roots.length > 0 && roots.every((one) => (when.get(one) ?? 0) > since);
    const roots = applied.flatMap((one) => (one.replaced === now ? one.roots : []));
    return [
      { setting: patch.setting, roots, since: now },
      ...applied.map((one) =>
        one.replaced === undefined && isIdle(one)
          ? { ...one, replaced: now, setting: { decidedBy, ...one.setting } }
          : one,
      ),
    ];
  }

  /**
   * An item of `images` renames what it matches, and decides about it where it sets a version. One that matches nothing
   * known comes last.
   */
  image(flowing: readonly Flowing[], item: VersionSetting): readonly Flowing[] {
    this.#clock += 1;
    const decided = [item.whole, item.tag, item.digest].some((part) => part !== undefined && part.value !== "")
      ? { decidedBy: placeOf(item) }
      : {};
    const matched = new Set(flowing.filter((one) => one.replaced === undefined && isMatched(one.setting, item)));
    const applied = flowing.map((one) =>
      matched.has(one) ? { ...one, setting: { ...decided, ...one.setting, subject: item.subject } } : one,
    );
    const roots = [...new Set([...matched].flatMap((one) => one.roots))];
    const since = this.#clock;
    return roots.length > 0
      ? [{ setting: item, roots, since }, ...applied]
      : [...applied, { setting: { ...item, matchesNothing: true }, roots, since }];
  }
}

/** An item may name an image with its version. */
function isMatched(setting: VersionSetting, { matches = "" }: VersionSetting): boolean {
  if (setting.subject.kind !== "image" || !isReached(setting)) return false;
  const { name = matches, tag = "", digest = "" } = parseImage(matches) ?? {};
  return setting.subject.name === name && (tag + digest === "" || setting.whole?.value === matches);
}
