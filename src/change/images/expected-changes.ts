import { printImage, versionOf } from "../../edit/find/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { type Replacement, versionForms } from "../proof/text.ts";
import type { ImageRequest } from "./image-request.ts";

/** One line for each image and pair of versions. */
export function versionChanges(changing: readonly ImageRequest[]): readonly VersionChange[] {
  const changes = changing.map(({ use, wanted, renames }): VersionChange => {
    return { image: use.name, from: use.version, to: renames ? printImage(wanted) : versionOf(wanted) };
  });
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}

/** What may follow an image's version in other fields. */
export function textsOf({ use, wanted }: ImageRequest): readonly Replacement[] {
  const { image } = use;
  return [
    [use.text, printImage(wanted)],
    ...versionForms(use.version, versionOf(wanted)),
    ...versionForms(image.tag, wanted.tag),
    ...versionForms(image.digest, wanted.digest),
    ...versionForms(image.digest.replace(/^sha256:/, ""), wanted.digest.replace(/^sha256:/, "")),
    ...(image.name === wanted.name ? [] : [[image.name, wanted.name] as const]),
  ];
}
