import { UserError } from "../model/errors.ts";
import { type ImageAddress, imageAddress } from "../model/registry.ts";
import { clip } from "../model/text/lines.ts";

const host = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
/** Source: OCI distribution specification 1.1, "Pulling manifests". */
const repository = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tag = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digest = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether this is a digest of an algorithm that the specification registers. */
export function isDigest(text: string): boolean {
  return digest.test(text);
}

/** Whether this can be a tag. */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** Where the image is. An `input` UserError when no registry could have an image of that name. */
export function checkedImage(name: string): ImageAddress {
  const address = imageAddress(name);
  const sound =
    name.length <= 512 &&
    host.test(address.host) &&
    address.repository.length <= 255 &&
    repository.test(address.repository);
  if (!sound) throw new UserError("input", `${quoted(name)} is not the name of an image`);
  return address;
}

/** The tag or digest, if it can be one; an `input` UserError otherwise. */
export function checkedReference(reference: string): string {
  if (isTag(reference) || isDigest(reference)) return reference;
  throw new UserError("input", `${quoted(reference)} is neither a tag nor a digest`);
}

function quoted(text: string): string {
  return JSON.stringify(clip(text, 80));
}
