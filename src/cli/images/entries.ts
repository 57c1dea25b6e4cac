import type { ImageEntry } from "../../images/units.ts";
import { UserError } from "../../model/errors.ts";
import { canonicalImage } from "../../model/registry.ts";
import { configFile } from "../../targets/index.ts";
import { suggest } from "../suggest.ts";

/** The entries of an image, however its name is written. */
export function entriesOf(image: string, entries: readonly ImageEntry[]): readonly ImageEntry[] {
  const name = canonicalImage(image);
  return entries.filter((entry) => canonicalImage(entry.image) === name);
}

/**
 * The entries of some images, or all where none is named; in the order of the configuration. A `not-found` UserError
 * for an image without one.
 */
export function entriesAmong(images: readonly string[], entries: readonly ImageEntry[]): readonly ImageEntry[] {
  const wanted = images.map((image) => {
    const found = entriesOf(image, entries);
    if (found.length === 0) throw noEntry(image, entries);
    return found;
  });
  return images.length === 0 ? entries : entries.filter((entry) => wanted.some((found) => found.includes(entry)));
}

function noEntry(image: string, entries: readonly ImageEntry[]): UserError {
  const names = [...new Set(entries.map((entry) => entry.image))];
  const near = suggest(image, names);
  const listed = names.length === 0 ? "It lists none." : `It lists ${names.slice(0, 20).join(", ")}.`;
  return new UserError("not-found", `${configFile} has no entry of images for "${image}"`, {
    fix: near === undefined ? listed : `Did you mean ${near}? ${listed}`,
  });
}
