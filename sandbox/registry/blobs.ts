import { randomUUID } from "node:crypto";

import { RegistryError } from "./errors.ts";
import { tell } from "./events.ts";
import { DIGEST, digestOf } from "./names.ts";
import type { RegistryCall, RegistryReply } from "./world.ts";

/** What Distribution says of every blob, whatever the manifests call it. */
const BLOB_TYPE = "application/octet-stream";

/** `GET` and `HEAD` of a blob. */
export function readBlob(call: RegistryCall, name: string, digest: string): RegistryReply {
  const bytes = call.world.store.blob(name, digest);
  if (!bytes) throw new RegistryError("BLOB_UNKNOWN", "blob unknown to registry", digest);
  tell(call, "pull", { kind: "blobs", name, digest, mediaType: BLOB_TYPE, size: bytes.length });
  return {
    status: 200,
    headers: {
      "content-type": BLOB_TYPE,
      "docker-content-digest": digest,
      etag: `"${digest}"`,
      "cache-control": "max-age=31536000",
    },
    body: bytes,
  };
}

/**
 * `POST` to the uploads: begins one. A digest in the query is ignored as by Distribution, and so is a mount from
 * elsewhere: the specification has the client upload then.
 */
export function beginUpload(call: RegistryCall, name: string): RegistryReply {
  const id = randomUUID();
  call.world.uploads.set(id, { name, bytes: Buffer.alloc(0) });
  return uploadReply(call, name, id, 0);
}

/** `PATCH` of an upload: appends to it. */
export function continueUpload(call: RegistryCall, name: string, id: string): RegistryReply {
  const { bytes } = uploadOf(call, name, id);
  const range = /^(?:bytes )?(\d+)-\d+$/.exec(call.request.headers.get("content-range") ?? "");
  if (range && Number(range[1]) !== bytes.length)
    throw new RegistryError("RANGE_INVALID", "invalid content range", { expected: bytes.length });
  const longer = Buffer.concat([bytes, call.body]);
  call.world.uploads.set(id, { name, bytes: longer });
  return uploadReply(call, name, id, longer.length);
}

/** `PUT` of an upload: appends what comes with it and ends it. */
export function endUpload(call: RegistryCall, name: string, id: string): RegistryReply {
  const upload = uploadOf(call, name, id);
  const { world } = call;
  const digest = call.url.searchParams.get("digest") ?? "";
  const bytes = Buffer.concat([upload.bytes, call.body]);
  if (!DIGEST.test(digest)) throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content");
  world.uploads.delete(id);
  if (digestOf(bytes) !== digest)
    throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content", { Digest: digest });
  world.store.addBlob(name, bytes);
  tell(call, "push", { kind: "blobs", name, digest, mediaType: BLOB_TYPE, size: bytes.length });
  const location = `${world.origin}/v2/${name}/blobs/${digest}`;
  return { status: 201, headers: { location, "docker-content-digest": digest } };
}

function uploadOf(call: RegistryCall, name: string, id: string): { readonly bytes: Buffer } {
  const upload = call.world.uploads.get(id);
  if (upload?.name !== name) throw new RegistryError("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  return upload;
}

function uploadReply({ world }: RegistryCall, name: string, id: string, length: number): RegistryReply {
  const location = `${world.origin}/v2/${name}/blobs/uploads/${id}?_state=${length}`;
  const range = `0-${Math.max(0, length - 1)}`;
  return { status: 202, headers: { location, range, "docker-upload-uuid": id } };
}
