import { createHash } from "node:crypto";
import type { Config } from "../config/index.ts";
import { canonicalImage } from "../model/registry.ts";
import type { Target } from "../model/target.ts";

/** One entry of `images` in the configuration. */
export type ImageEntry = Config["images"][number];

/** What shares a pull request: one entry of the configuration, or all of a group. */
export interface ImageUnit {
  /**
   * The group, or the image as the configuration writes it, with the environments where it has several entries, and
   * with the tags where these speak of the same environments. Unique in a configuration.
   */
  readonly name: string;
  /** The branch of its pull request; the same as long as the configuration names the unit so. */
  readonly branch: string;
  readonly entries: readonly ImageEntry[];
}

const prefix = "sluice/image/";

/** The units of a configuration, in its order. */
export function unitsOf({ images }: Pick<Config, "images">): readonly ImageUnit[] {
  const often = Map.groupBy(images, ({ image }) => image);
  const plain = (entry: ImageEntry) => nameOf(entry, (often.get(entry.image) ?? []).length > 1);
  const twins = new Set(repeated(images.filter(({ pullRequest }) => pullRequest.group === undefined).map(plain)));
  const byName = Map.groupBy(images, (entry) => {
    const name = plain(entry);
    return twins.has(name) ? `${name} (${tagsOf(entry)})` : name;
  });
  return [...byName].map(([name, entries]) => ({ name, branch: branchOf(name, entries), entries }));
}

function nameOf({ image, environments, apps, pullRequest }: ImageEntry, several: boolean): string {
  if (pullRequest.group !== undefined) return `group ${pullRequest.group}`;
  if (!several) return image;
  return `${image} in ${environments.join(", ")}${apps === undefined ? "" : ` for ${apps.join(", ")}`}`;
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) < index);
}

/** Which tags an entry speaks of, in contrast to others of its image. */
function tagsOf({ policy: { digest, regex } }: ImageEntry): string {
  return digest === undefined ? (regex ?? "other tags") : digest;
}

/** The end of the image's name is for people; the hash distinguishes units whose names have the same end. */
function branchOf(name: string, [first]: readonly ImageEntry[]): string {
  if (first === undefined || first.pullRequest.group !== undefined) return `${prefix}${name.replace(" ", "/")}`;
  const last = first.image.slice(first.image.lastIndexOf("/") + 1);
  return `${prefix}${last}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

/** Whether Sluice made this branch for images, by its name. */
export function isImageBranch(branch: string): boolean {
  return branch.startsWith(prefix);
}

/** The targets whose files an entry may have changed, in the order of the plan. */
export function targetsOf(entry: ImageEntry, targets: readonly Target[]): readonly Target[] {
  const { environments, apps } = entry;
  return targets.filter(
    ({ app, environment }) => environments.includes(environment) && (apps === undefined || apps.includes(app)),
  );
}

/** The other entries that speak of an entry's image in one target: another variant of it. */
export function othersFor(entry: ImageEntry, target: Target, all: readonly ImageEntry[]): readonly ImageEntry[] {
  const image = canonicalImage(entry.image);
  return all.filter(
    (one) => one !== entry && canonicalImage(one.image) === image && targetsOf(one, [target]).length > 0,
  );
}

/** The images of a unit, as `canonicalImage` writes them; each once. */
export function imagesOf({ entries }: Pick<ImageUnit, "entries">): readonly string[] {
  return [...new Set(entries.map(({ image }) => canonicalImage(image)))];
}
