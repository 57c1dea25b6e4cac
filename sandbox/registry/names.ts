import { createHash } from "node:crypto";

/** Media types of what a tag can name. */
export const MEDIA = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
} as const;

/** A digest as the registry takes it. */
export const DIGEST = /^sha256:[a-f0-9]{64}$/;

// OCI distribution specification, "Pulling manifests": <name> and <reference>.
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const NAME_LIMIT = 255;

/** Whether a repository may be called so. */
export function isName(name: string): boolean {
  return name.length <= NAME_LIMIT && NAME.test(name);
}

/** Whether a tag may be called so. */
export function isTag(tag: string): boolean {
  return TAG.test(tag);
}

/** The digest of these bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What a path below `/v2/` names. */
export type Place =
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "tags"; readonly name: string };

/** Reads a path below `/v2/`; `undefined` for one that names nothing. */
export function placeOf(path: string): Place | undefined {
  const match = /^(.+)\/(blobs\/uploads|blobs|manifests|tags)\/([^/]*)$/.exec(path);
  const [, name = "", kind, last = ""] = match ?? [];
  if (!isName(name)) return undefined;
  switch (kind) {
    case "blobs/uploads":
      return last === "" ? { kind: "uploads", name } : { kind: "upload", name, id: last };
    case "blobs":
      return DIGEST.test(last) ? { kind: "blob", name, digest: last } : undefined;
    case "manifests":
      return isTag(last) || DIGEST.test(last) ? { kind: "manifest", name, reference: last } : undefined;
    case "tags":
      return last === "list" ? { kind: "tags", name } : undefined;
    default:
      return undefined;
  }
}
