import { createHash } from "node:crypto";

/** What an image that is pushed says of itself. */
export interface PushOptions {
  /** `os/architecture[/variant]`; several, or `index`, make an index. One, `linux/amd64`, unless said. */
  readonly platforms?: readonly string[];
  /** Also makes an index of one platform. */
  readonly index?: boolean;
  /** ISO 8601; now unless said. */
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the manifest, of an index: of the index. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** With an attestation manifest for each platform, as BuildKit writes them. */
  readonly attestations?: boolean;
  /** What the layer holds: the same gives the same digest. Unlike every other unless said. */
  readonly content?: string;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
}

/** Sends one request to the registry with the rights to push to the repository. */
export type Send = (repository: string, path: string, init: RequestInit) => Promise<Response>;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const oci = {
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
};
const docker = {
  config: "application/vnd.docker.container.image.v1+json",
  layer: "application/vnd.docker.image.rootfs.diff.tar",
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
  index: "application/vnd.docker.distribution.manifest.list.v2+json",
};

let pushes = 0;

/** Pushes an image or an index of images, as `docker push` does, and gives its digest. */
export async function pushImage(send: Send, repository: string, tag: string, options: PushOptions): Promise<string> {
  pushes += 1;
  const content = options.content ?? `${process.pid}-${Date.now()}-${pushes}`;
  const created = options.created ?? new Date().toISOString();
  const platforms = options.platforms ?? ["linux/amd64"];
  const types = options.docker ? docker : oci;
  const whole = { ...options, content, created };
  if (platforms.length === 1 && !options.index) {
    const manifest = await imageManifest(send, repository, platforms[0] ?? "", whole, options.annotations);
    return (await putManifest(send, repository, tag, types.manifest, manifest)).digest;
  }
  const manifests: object[] = [];
  for (const platform of platforms) {
    const [os, architecture, variant] = platform.split("/");
    const manifest = await imageManifest(send, repository, platform, whole, undefined);
    const image = await putManifest(send, repository, undefined, types.manifest, manifest);
    manifests.push({ ...image, platform: { os, architecture, ...(variant && { variant }) } });
    if (options.attestations) manifests.push(await attestation(send, repository, image, content));
  }
  const annotations = options.annotations && { annotations: options.annotations };
  const index = { schemaVersion: 2, mediaType: types.index, manifests, ...annotations };
  return (await putManifest(send, repository, tag, types.index, index)).digest;
}

/** Puts any manifest under a tag, or under its digest, and gives its descriptor. */
export async function putManifest(
  send: Send,
  repository: string,
  tag: string | undefined,
  mediaType: string,
  manifest: object,
): Promise<Descriptor> {
  const body = Buffer.from(JSON.stringify(manifest));
  const descriptor = { mediaType, digest: digestOf(body), size: body.length };
  const headers = { "content-type": mediaType };
  await sure(send(repository, `manifests/${tag ?? descriptor.digest}`, { method: "PUT", headers, body }), 201);
  return descriptor;
}

/** Uploads a blob and gives its descriptor. */
export async function putBlob(
  send: Send,
  repository: string,
  mediaType: string,
  content: string | Uint8Array,
): Promise<Descriptor> {
  const body = Buffer.from(content);
  const digest = digestOf(body);
  const started = await sure(send(repository, "blobs/uploads/", { method: "POST" }), 202);
  const location = started.headers.get("location");
  if (location === null) throw new Error("the registry says not where to upload to");
  const headers = { "content-type": "application/octet-stream" };
  const separator = location.includes("?") ? "&" : "?";
  await sure(send(repository, `${location}${separator}digest=${digest}`, { method: "PUT", headers, body }), 201);
  return { mediaType, digest, size: body.length };
}

async function imageManifest(
  send: Send,
  repository: string,
  platform: string,
  { content, created, labels, docker: asDocker }: PushOptions,
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<object> {
  const types = asDocker ? docker : oci;
  const [os, architecture, variant] = platform.split("/");
  const layer = await putBlob(send, repository, types.layer, `${content} ${platform}`);
  const rootfs = { type: "layers", diff_ids: [layer.digest] };
  const config = { created, os, architecture, ...(variant && { variant }), config: { Labels: labels ?? {} }, rootfs };
  const configured = await putBlob(send, repository, types.config, JSON.stringify(config));
  const notes = annotations && { annotations };
  return { schemaVersion: 2, mediaType: types.manifest, config: configured, layers: [layer], ...notes };
}

/** Source of its form: docs.docker.com, "Image attestation storage". */
async function attestation(send: Send, repository: string, image: Descriptor, content: string): Promise<object> {
  const layer = await putBlob(
    send,
    repository,
    "application/vnd.in-toto+json",
    JSON.stringify({ about: image, content }),
  );
  const empty = {
    os: "unknown",
    architecture: "unknown",
    config: {},
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  };
  const config = await putBlob(send, repository, oci.config, JSON.stringify(empty));
  const manifest = { schemaVersion: 2, mediaType: oci.manifest, config, layers: [layer] };
  const put = await putManifest(send, repository, undefined, oci.manifest, manifest);
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": image.digest,
  };
  return { ...put, platform: { os: "unknown", architecture: "unknown" }, annotations };
}

/** The answer, if it has the status; throws with the registry's words otherwise. */
export async function sure(asked: Promise<Response>, status: number): Promise<Response> {
  const answer = await asked;
  if (answer.status === status) return answer;
  throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
