import { z } from "zod";

import { RegistryError } from "./errors.ts";
import { tell } from "./events.ts";
import { DIGEST, digestOf, MEDIA } from "./names.ts";
import type { RegistryCall, RegistryReply } from "./world.ts";

const MANIFEST_LIMIT = 4 * 1024 * 1024;

const descriptor = z.object({ mediaType: z.string().optional(), digest: z.string().regex(DIGEST), size: z.number() });
const common = { schemaVersion: z.literal(2), mediaType: z.string().optional() };
const image = z.object({ ...common, config: descriptor, layers: z.array(descriptor) });
const index = z.object({ ...common, manifests: z.array(descriptor) });

const SCHEMAS: ReadonlyMap<string, typeof image | typeof index> = new Map<string, typeof image | typeof index>([
  [MEDIA.manifest, image],
  [MEDIA.dockerManifest, image],
  [MEDIA.index, index],
  [MEDIA.dockerIndex, index],
]);

/** Distribution gives OCI's own media types to nobody who does not ask for them. */
const ASKED_FOR: ReadonlyMap<string, string> = new Map([
  [MEDIA.manifest, "OCI manifest found, but accept header does not support OCI manifests"],
  [MEDIA.index, "OCI index found, but accept header does not support OCI indexes"],
]);

/** `GET` and `HEAD` of a manifest by tag or digest. */
export function readManifest(call: RegistryCall, name: string, reference: string): RegistryReply {
  const found = call.world.store.manifest(name, reference);
  const byDigest = DIGEST.test(reference);
  if (!found)
    throw new RegistryError(
      "MANIFEST_UNKNOWN",
      "manifest unknown",
      byDigest ? { Name: name, Revision: reference } : { Tag: reference },
    );
  const { digest, mediaType, bytes } = found;
  const etag = `"${digest}"`;
  const unless = call.request.headers.get("if-none-match");
  if (unless === etag || unless === digest) return { status: 304 };
  const tag = byDigest ? undefined : reference;
  tell(call, "pull", { kind: "manifests", name, digest, mediaType, size: bytes.length, tag });
  const refusal = ASKED_FOR.get(mediaType);
  if (refusal !== undefined && !accepts(call, mediaType)) throw new RegistryError("MANIFEST_UNKNOWN", refusal);
  return { status: 200, headers: { "content-type": mediaType, "docker-content-digest": digest, etag }, body: bytes };
}

function accepts(call: RegistryCall, mediaType: string): boolean {
  const asked = (call.request.headers.get("accept") ?? "").split(",").map((one) => one.split(";")[0]?.trim());
  return asked.includes(mediaType);
}

/** `PUT` of a manifest by tag or digest. Everything that it names must be there already. */
export function writeManifest(call: RegistryCall, name: string, reference: string): RegistryReply {
  const { store, origin } = call.world;
  const mediaType = call.request.headers.get("content-type") ?? "";
  requireKnown(call, name, namedBy(mediaType, call.body));
  const byDigest = DIGEST.test(reference);
  if (byDigest && digestOf(call.body) !== reference)
    throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content");
  const { digest } = store.addManifest(name, mediaType, call.body);
  if (!byDigest) store.tag(name, reference, digest);
  const tag = byDigest ? undefined : reference;
  tell(call, "push", { kind: "manifests", name, digest, mediaType, size: call.body.length, tag });
  const location = `${origin}/v2/${name}/manifests/${digest}`;
  return { status: 201, headers: { location, "docker-content-digest": digest } };
}

/** What a manifest is made of. */
interface Named {
  readonly blobs: readonly string[];
  readonly manifests: readonly string[];
}

function namedBy(mediaType: string, bytes: Buffer): Named {
  const schema = SCHEMAS.get(mediaType);
  if (schema === undefined || bytes.length > MANIFEST_LIMIT) throw invalid();
  const parsed = schema.safeParse(json(bytes));
  if (!parsed.success || (parsed.data.mediaType ?? mediaType) !== mediaType) throw invalid();
  if ("manifests" in parsed.data) return { blobs: [], manifests: parsed.data.manifests.map((one) => one.digest) };
  return { blobs: [parsed.data.config, ...parsed.data.layers].map((one) => one.digest), manifests: [] };
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw invalid();
  }
}

function invalid(): RegistryError {
  return new RegistryError("MANIFEST_INVALID", "manifest invalid");
}

function requireKnown({ world: { store } }: RegistryCall, name: string, named: Named): void {
  const unknown =
    named.blobs.find((digest) => store.blob(name, digest) === undefined) ??
    named.manifests.find((digest) => store.manifest(name, digest) === undefined);
  if (unknown !== undefined) throw new RegistryError("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", unknown);
}
