import { type ImageReference, parseImage } from "../image-name.ts";
import type { KeyPath, Node } from "../splice/index.ts";
import { child, itemsOf, scalarOf, textOf } from "./nodes.ts";
import type { Document } from "./read-files.ts";
import { partOf, type VersionSetting } from "./setting.ts";

/** The file names of a kustomization, in the order in which kustomize tries them. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** The items of a kustomization's `images` (of old `imageTags`), in its order. */
export function imageItems(document: Document): readonly VersionSetting[] {
  return ["imageTags", "images"].flatMap((key) =>
    itemsOf(child(document.root, key)).flatMap((item) => imageItem(document, item)),
  );
}

/** One item of `images`: `name` is what it matches, `newName` the result. */
export function imageItem({ file, document }: Document, item: Node | undefined): readonly VersionSetting[] {
  const matches = textOf(child(item, "name"));
  if (item?.kind !== "map" || matches === "") return [];
  const [name, tag, digest] = ["newName", "newTag", "digest"].map((key) => scalarOf(child(item, key)));
  const whole = tag === undefined ? versioned(name?.value) : undefined;
  return [
    {
      subject: { kind: "image", name: whole?.name ?? (name?.value || (parseImage(matches)?.name ?? matches)) },
      matches,
      form: "kustomize-image",
      file,
      document,
      at: item.path,
      ...(name && { [whole === undefined ? "name" : "whole"]: partOf(name) }),
      ...(tag && { tag: partOf(tag) }),
      ...(digest && { digest: partOf(digest) }),
    },
  ];
}

/** A name that carries a version, which kustomize takes as it is. */
function versioned(text = ""): ImageReference | undefined {
  const image = parseImage(text);
  return image !== undefined && image.tag + image.digest !== "" ? image : undefined;
}

/**
 * Whether kustomize's `images` changes what the setting sets: in manifests it changes containers only. Where values end
 * up is not known here.
 */
export function isReached({ form, container, at }: VersionSetting): boolean {
  return form !== "manifest" || (container !== undefined && !isEphemeral(at));
}

function isEphemeral(at: KeyPath): boolean {
  return at.at(-2) === "ephemeralContainers";
}
