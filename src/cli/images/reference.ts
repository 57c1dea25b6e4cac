import { pushedImage, splitReference } from "../../model/pushed-image.ts";
import { imageAddress } from "../../model/registry.ts";
import { usage } from "../parse.ts";

/** An image with its version, as it is named on the command line. */
export interface NamedImage {
  /** Without tag and digest, as it was written. */
  readonly image: string;
  readonly tag: string;
  /** Empty when none was given. */
  readonly digest: string;
}

/** Reads `IMAGE:TAG` or `IMAGE:TAG@DIGEST`. Throws a `usage` UserError for anything else. */
export function readNamedImage(text: string): NamedImage {
  const { name, tag, digest } = splitReference(text);
  const pushed = pushedImage({ ...imageAddress(name), tag, digest });
  if (pushed === undefined) throw usage(`"${text}" is not an image`, form);
  if (tag === undefined) throw usage(`"${text}" has no tag`, form);
  if (pushed.tag !== tag) throw usage(`"${tag}" cannot be a tag`, form);
  if (pushed.digest !== digest) throw usage(`"${digest}" is not a digest: sha256: and 64 hexadecimal digits`, form);
  return { image: name, tag, digest: digest ?? "" };
}

const form = "Write the image with its tag: ghcr.io/acme/webapp:1.5.0, or ghcr.io/acme/webapp:1.5.0@sha256:….";
