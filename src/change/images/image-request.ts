import type { ImageReference, VersionSetting } from "../../edit/find/index.ts";
import type { ImageUse } from "./image-uses.ts";

/** One place of the target's render that is to show another image. */
export interface ImageRequest {
  readonly use: ImageUse;
  /** With the target's own name, where that stays. */
  readonly wanted: ImageReference;
  /** The image's name is to change too. */
  readonly renames: boolean;
}

/** What makes settings of two targets the same one. Manifests have no such thing. */
export function identityOf({ form, matches, at, values, subject }: VersionSetting): string | undefined {
  if (form === "kustomize-image") return JSON.stringify([form, matches]);
  if (form === "values" || form === "values-text") return JSON.stringify([form, values?.key ?? at]);
  return subject.kind === "chart" ? JSON.stringify([form, subject.name]) : undefined;
}
