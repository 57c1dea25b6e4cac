import { parseImage } from "../image-name.ts";
import { isReached } from "./kustomization.ts";
import { type PatchSetting, replaces } from "./patches.ts";
import { placeOf, type VersionSetting } from "./setting.ts";

/** A setting on its way from a manifest, or from what was laid over manifests, out of the outermost kustomization. */
export interface Flowing {
  readonly setting: VersionSetting;
  /** The images of manifests that it decides about, or would; of a manifest's or a chart's own image that one. */
  readonly roots: readonly number[];
  /** Manifests and charts have one of their own. */
  readonly root?: number;
  /** When it was laid over the others. */
  readonly since: number;
  /** When a patch took its place. */
  readonly replaced?: number;
}

/** Follows what sets images while kustomize lays patches and `images` over it. What decides comes first. */
export class Flow {
  #clock = 0;

  /** Settings of manifests and charts. */
  begin(settings: readonly VersionSetting[]): readonly Flowing[] {
    return settings.map((setting) => {
      this.#clock += 1;
      return { setting, roots: [this.#clock], root: this.#clock, since: this.#clock };
    });
  }

  /** A patch takes the place of a container's image; what set nothing else than that decides no more. */
  patch(flowing: readonly Flowing[], patch: PatchSetting): readonly Flowing[] {
    this.#clock += 1;
    const [now, decidedBy] = [this.#clock, placeOf(patch.setting)];
    const laid = flowing.map((one) =>
      one.root !== undefined && replaces(patch, one.setting)
        ? { ...one, replaced: now, setting: { ...one.setting, decidedBy } }
        : one,
    );
    const when = new Map(laid.flatMap(({ root, replaced }) => (root === undefined ? [] : [[root, replaced ?? 0]])));
    const isIdle = ({ root, roots, since }: Flowing): boolean =>
      root === undefined && roots.length > 0 && roots.every((one) => (when.get(one) ?? 0) > since);
    const roots = laid.flatMap(({ root, replaced }) => (root !== undefined && replaced === now ? [root] : []));
    return [
      { setting: patch.setting, roots, since: now },
      ...laid.map((one) =>
        one.replaced === undefined && isIdle(one)
          ? { ...one, replaced: now, setting: { decidedBy, ...one.setting } }
          : one,
      ),
    ];
  }

  /** An item of `images` gives what it matches its name, and decides about it where it sets a version. One that matches nothing that is known comes last. */
  image(flowing: readonly Flowing[], item: VersionSetting): readonly Flowing[] {
    this.#clock += 1;
    const decided = [item.tag, item.digest].some((part) => part !== undefined && part.value !== "")
      ? { decidedBy: placeOf(item) }
      : {};
    const matched = new Set(flowing.filter((one) => one.replaced === undefined && isMatched(one.setting, item)));
    const laid = flowing.map((one) =>
      matched.has(one) ? { ...one, setting: { ...decided, ...one.setting, subject: item.subject } } : one,
    );
    const roots = [...new Set([...matched].flatMap((one) => one.roots))];
    const since = this.#clock;
    return roots.length > 0
      ? [{ setting: item, roots, since }, ...laid]
      : [...laid, { setting: { ...item, matchesNothing: true }, roots, since }];
  }
}

/** An item may name an image with its version. */
function isMatched(setting: VersionSetting, { matches = "" }: VersionSetting): boolean {
  if (setting.subject.kind !== "image" || !isReached(setting)) return false;
  const { name = matches, tag = "", digest = "" } = parseImage(matches) ?? {};
  return setting.subject.name === name && (tag + digest === "" || setting.whole?.value === matches);
}
