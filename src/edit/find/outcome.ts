import { isReached } from "./kustomization.ts";
import type { PatchSetting } from "./patches.ts";
import { placeOf, type VersionSetting } from "./setting.ts";

/** The settings of a kustomization while it is followed from its resources out: what comes later lies over what is there. */
export class Outcome {
  /** The most deciding last. */
  readonly #settings: VersionSetting[] = [];
  readonly #byName = new Map<string, number[]>();
  readonly #byResource = new Map<string, number[]>();

  /** Settings over those that are there, the most deciding first. */
  add(settings: readonly VersionSetting[]): void {
    for (const setting of settings.toReversed()) {
      const index = this.#settings.push(setting) - 1;
      const { subject, resource } = setting;
      if (subject.name !== undefined && isReached(setting)) entry(this.#byName, subject.name).push(index);
      if (resource !== undefined) entry(this.#byResource, resource).push(index);
    }
  }

  /** Lays an item of `images` over everything: what it matches comes out with its name, and is decided by it where it sets a version. */
  image(item: VersionSetting): void {
    const { subject, matches = "" } = item;
    const sets = [item.tag, item.digest].some((part) => part !== undefined && part.value !== "");
    const matched = this.#byName.get(matches) ?? [];
    for (const index of matched) {
      this.#change(index, (setting) => ({ ...setting, subject }));
      if (sets) this.#decide(index, item);
    }
    if (subject.name !== undefined && subject.name !== matches && matched.length > 0) {
      this.#byName.delete(matches);
      const known = entry(this.#byName, subject.name);
      for (const index of matched) known.push(index);
    }
    this.add([item]);
  }

  /** Lays an image that a patch sets over those of the same container. */
  patch(patch: PatchSetting): void {
    for (const resource of this.#patched(patch)) {
      for (const index of this.#byResource.get(resource) ?? []) {
        const setting = this.#settings[index];
        if (setting !== undefined && isSamePlace(patch, setting)) this.#decide(index, patch.setting);
      }
    }
    this.add([patch.setting]);
  }

  /** The settings, the most deciding first. */
  get settings(): readonly VersionSetting[] {
    return this.#settings.toReversed();
  }

  #patched({ setting, target }: PatchSetting): readonly string[] {
    if (target === undefined) return setting.resource === undefined ? [] : [setting.resource];
    return [...this.#byResource.keys()].filter((resource) => {
      const [kind = "", name = ""] = resource.split("/");
      return (target.kind === "" || target.kind === kind) && (target.name === "" || target.name === name);
    });
  }

  #decide(index: number, by: VersionSetting): void {
    this.#change(index, (setting) =>
      setting.decidedBy === undefined ? { ...setting, decidedBy: placeOf(by) } : setting,
    );
  }

  #change(index: number, change: (setting: VersionSetting) => VersionSetting): void {
    const setting = this.#settings[index];
    if (setting !== undefined) this.#settings[index] = change(setting);
  }
}

function isSamePlace({ setting: by, pointer }: PatchSetting, { at, container }: VersionSetting): boolean {
  if (pointer !== undefined) return `/${[...at, "image"].join("/")}` === pointer;
  return container !== undefined && container === by.container;
}

function entry(entries: Map<string, number[]>, key: string): number[] {
  const known = entries.get(key) ?? [];
  entries.set(key, known);
  return known;
}
