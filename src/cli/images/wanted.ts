import type { WantedBump } from "../../images/bump.ts";
import { versionKey } from "../../images/look.ts";
import type { Version } from "../../images/policy/index.ts";
import type { ImageEntry } from "../../images/units.ts";
import { canonicalImage } from "../../model/registry.ts";

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
