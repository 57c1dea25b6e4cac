import type { VersionGap } from "../../model/preview.ts";
import { matchImageNames, splitImage } from "../image-name.ts";
import type { Item } from "../item.ts";
import { isList, isObject, type Value } from "../value.ts";

/** The versions of images by their names; several versions of one image stand sorted, with commas between. */
export type ImageVersions = ReadonlyMap<string, string>;

/** One environment's images at three moments. */
export interface VersionMoments {
  readonly mergeBase: ImageVersions;
  readonly head: ImageVersions;
  /** At the tip of the base branch. */
  readonly tip: ImageVersions;
}

/**
 * Versions that differ between two environments, and which of the two the pull request itself brings to where it is.
 */
export interface VersionsApart {
  readonly gaps: readonly VersionGap[];
  /** Names of images there by names here, of all that both have. */
  readonly matched: ReadonlyMap<string, string>;
  readonly hereByPullRequest: boolean;
  readonly thereByPullRequest: boolean;
}

/** Kinds that hold text or schemas, never an image that runs. */
const imageless = new Set(["ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"]);
const deepest = 40;

/** Every image of the fields called `image`, those of containers among them. */
export function imageVersions(items: readonly Item[]): ImageVersions {
  const found = new Map<string, Set<string>>();
  const see = (text: string): void => {
    const { name, version } = splitImage(text);
    found.set(name, (found.get(name) ?? new Set()).add(version));
  };
  for (const { id, object } of items) if (!imageless.has(id.kind)) search(object, 0, see);
  return new Map([...found].map(([name, versions]) => [name, [...versions].sort().join(", ")]));
}

function search(value: Value, depth: number, see: (text: string) => void): void {
  if (depth > deepest) return;
  if (isList(value)) for (const item of value) search(item, depth + 1, see);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "image" && typeof item === "string" && item !== "") see(item);
    else if (depth > 0 || key !== "metadata") search(item, depth + 1, see);
  }
}

/**
 * The versions that differ when the pull request is merged: an image that it changes is as at the head, any other as on
 * the base branch now, so that an old branch does not report what was promoted meanwhile.
 */
export function versionsApart(here: VersionMoments, there: VersionMoments): VersionsApart {
  const [ours, theirs] = [merged(here), merged(there)];
  const matched = matchImageNames([...ours.keys()].sort(), [...theirs.keys()]);
  const gaps = [...matched].flatMap(([image, other]): VersionGap[] => {
    const [one, another] = [ours.get(image) ?? "", theirs.get(other) ?? ""];
    return one === another ? [] : [{ image, here: one, there: another }];
  });
  return {
    gaps,
    matched,
    hereByPullRequest: gaps.some(({ image }) => isChanged(here, image)),
    thereByPullRequest: gaps.some(({ image }) => isChanged(there, matched.get(image) ?? image)),
  };
}

function isChanged({ mergeBase, head }: VersionMoments, image: string): boolean {
  return mergeBase.get(image) !== head.get(image);
}

function merged(moments: VersionMoments): ImageVersions {
  const names = new Set([...moments.head.keys(), ...moments.tip.keys()]);
  return new Map(
    [...names].flatMap((name) => {
      const version = (isChanged(moments, name) ? moments.head : moments.tip).get(name);
      return version === undefined ? [] : [[name, version] as const];
    }),
  );
}
