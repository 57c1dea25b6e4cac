import type { ImageReference } from "../image-name.ts";
import type { KeyPath, Node } from "../splice/index.ts";
import { manifestSettings } from "./manifests.ts";
import type { Bounds } from "./read-files.ts";
import { settingVersion } from "./setting.ts";

/** An image that an object of a render names with a version, in one text or in parts. */
export interface ShownImage {
  readonly image: ImageReference;
  /** Where the whole reference is. */
  readonly whole?: KeyPath;
  /** The text that holds the document in which all these paths are. */
  readonly heldIn?: KeyPath;
  /** What stands before the reference in that text. */
  readonly before?: string;
  /** Where the parts are that have a text. */
  readonly tag?: KeyPath;
  readonly digest?: KeyPath;
  /** `volume NAME`, of a pod's volume. */
  readonly volume?: string;
}

const maxVisited = 500_000;
const maxFound = 20_000;

/**
 * The images of one object of a render, found as `findSettings` finds them in files: what is shown here can be searched
 * for there. Images without a version are left out.
 */
export function shownImages(object: Node): readonly ShownImage[] {
  const left = { visits: maxVisited, finds: maxFound };
  const bounds: Bounds = { mayVisit: () => left.visits-- > 0, mayFind: () => left.finds-- > 0 };
  return manifestSettings({ file: "", document: 0, root: object }, bounds).flatMap((setting): ShownImage[] => {
    const { subject, whole, before, tag, digest, heldIn, container = "" } = setting;
    const version = settingVersion(setting);
    if (subject.kind !== "image" || subject.name === undefined || version.tag + version.digest === "") return [];
    const image = { name: subject.name, ...version };
    const place = whole === undefined ? {} : { whole: whole.path, ...(before !== undefined && { before }) };
    const volume = container.startsWith("volume ") ? { volume: container } : {};
    const held = heldIn === undefined ? {} : { heldIn };
    return [{ image, ...place, ...held, ...volume, ...pathOf("tag", tag), ...pathOf("digest", digest) }];
  });
}

function pathOf(name: "tag" | "digest", part: { readonly path: KeyPath; readonly value: string } | undefined) {
  return part === undefined || part.value === "" ? {} : { [name]: part.path };
}
