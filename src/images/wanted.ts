import { canonicalImage } from "../model/registry.ts";
import type { WantedBump } from "./bump.ts";
import { versionKey } from "./evaluate.ts";
import type { Version } from "./policy/index.ts";
import type { ImageEntry } from "./units.ts";

/** What a target is to have of an entry's image wherever it has one of the versions in `from`, which are as `versionKey` writes them. */
export function wantedOf(
  { image, pin, marker }: Pick<ImageEntry, "image" | "pin" | "marker">,
  { tag, digest }: Version,
  from: ReadonlySet<string>,
): WantedBump {
  return {
    image: canonicalImage(image),
    tag,
    digest,
    pin,
    ...(marker === undefined ? {} : { marker }),
    moves: (now) => from.has(versionKey(now)),
  };
}
