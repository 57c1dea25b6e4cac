import { gzipSync } from "node:zlib";

import { unexpected } from "./errors.ts";
import { digestOf, MEDIA } from "./names.ts";
import type { ImageInput } from "./types.ts";

const TIMEOUT_MS = 120_000;
const DEFAULT_PLATFORMS = ["linux/amd64"];

/** The registry that an image is pushed to. */
export interface PushTarget {
  /** Without `/v2/` and without a trailing slash. */
  readonly url: string;
  /** Header by which the client says who it is. */
  readonly authorization?: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Sends one request and gives the answer when it has one of these statuses. */
type Ask = (method: string, path: string, ok: readonly number[], body?: Body) => Promise<Response>;

interface Body {
  readonly type: string;
  readonly bytes: Buffer;
}

/** An archive without files. */
const TAR = Buffer.alloc(1024);
const LAYER = gzipSync(TAR);

/**
 * Pushes an image as container clients do, to any registry that speaks the OCI distribution specification: blobs that
 * are not there yet, a manifest for each platform, and an index where there is more than one. The same input with the
 * same `created` is the same digest.
 */
export async function pushImage(
  target: PushTarget,
  input: ImageInput & { readonly created: Date },
): Promise<{ readonly digest: string }> {
  const ask = asker(target, input.repository);
  const layer = await pushBlob(ask, { type: MEDIA.layer, bytes: LAYER });
  const platforms = (input.platforms ?? DEFAULT_PLATFORMS).map(platformOf);
  const [only, ...others] = platforms;
  if (only && others.length === 0) return pushManifest(ask, await imageOf(ask, input, only, layer), input.tag);
  const manifests: object[] = [];
  for (const platform of platforms) {
    const manifest = await imageOf(ask, input, platform, layer);
    manifests.push({ ...(await pushManifest(ask, manifest)), platform });
  }
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests };
  return pushManifest(ask, jsonOf(MEDIA.index, index), input.tag);
}

function platformOf(text: string): { os: string; architecture: string; variant?: string } {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** The manifest of one platform, its configuration pushed. */
async function imageOf(ask: Ask, input: ImageInput & { readonly created: Date }, platform: object, layer: Descriptor) {
  const created = input.created.toISOString();
  const config = await pushBlob(
    ask,
    jsonOf(MEDIA.config, {
      created,
      ...platform,
      config: { Labels: input.labels ?? {} },
      rootfs: { type: "layers", diff_ids: [digestOf(TAR)] },
      history: [{ created, created_by: `${input.repository}:${input.tag}` }],
    }),
  );
  return jsonOf(MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers: [layer] });
}

function jsonOf(type: string, value: object): Body {
  return { type, bytes: Buffer.from(JSON.stringify(value)) };
}

async function pushBlob(ask: Ask, { type, bytes }: Body): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const descriptor = { mediaType: type, digest, size: bytes.length };
  if ((await ask("HEAD", `blobs/${digest}`, [200, 404])).status === 200) return descriptor;
  const { headers } = await ask("POST", "blobs/uploads/", [202]);
  const location = headers.get("location") ?? "";
  const end = `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
  await ask("PUT", end, [201], { type: "application/octet-stream", bytes });
  return descriptor;
}

async function pushManifest(ask: Ask, body: Body, tag?: string): Promise<Descriptor> {
  const digest = digestOf(body.bytes);
  await ask("PUT", `manifests/${tag ?? digest}`, [201], body);
  return { mediaType: body.type, digest, size: body.bytes.length };
}

function asker({ url, authorization }: PushTarget, repository: string): Ask {
  return async (method, path, ok, body) => {
    const answer = await fetch(new URL(path, `${url}/v2/${repository}/`), {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { "content-type": body.type }),
      },
      ...(body === undefined ? {} : { body: new Uint8Array(body.bytes) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    if (!ok.includes(answer.status)) throw unexpected(`${method} ${path}`, answer.status, text);
    return answer;
  };
}
