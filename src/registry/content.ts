import { createHash } from "node:crypto";
import { Fault } from "../model/errors.ts";
import type { Connection } from "./connection.ts";
import { isDigest } from "./names.ts";

/** The four kinds of manifests that Sluice can read. */
export const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

/** The specification has registries take manifests of at least this size; nobody's configuration is larger. */
const largest = 4 * 1024 * 1024;

/** Something that a digest names, which was checked. */
export interface Content {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

const accept = manifestTypes.join(", ");

/**
 * The digest that a reference has now, by HEAD, or by GET where the registry does not say; `undefined` when there is
 * none.
 */
export async function headDigest(
  connection: Connection,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `manifests/${reference}`;
  const request = { method: "HEAD", repository, path, headers: { accept }, limit: 0 } as const;
  const answer = await connection.send(request, signal);
  if (answer.status === 404) return undefined;
  const digest = answer.header("docker-content-digest");
  if (answer.status === 200 && digest !== undefined && isDigest(digest)) return digest;
  if (answer.status === 200 || answer.status === 405) {
    return (await getManifest(connection, repository, reference, signal))?.digest;
  }
  throw connection.refusal(answer, `${repository}:${reference}`);
}

/** The manifest of a tag or digest; `undefined` when there is none. The digest is checked. */
export async function getManifest(
  connection: Connection,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<Content | undefined> {
  return get(connection, repository, `manifests/${reference}`, reference, signal);
}

/** The blob of a digest, which is checked; `undefined` when there is none. */
export async function getBlob(
  connection: Connection,
  repository: string,
  digest: string,
  signal: AbortSignal,
  maxBytes = largest,
): Promise<Content | undefined> {
  return get(connection, repository, `blobs/${digest}`, digest, signal, maxBytes);
}

async function get(
  connection: Connection,
  repository: string,
  path: string,
  reference: string,
  signal: AbortSignal,
  limit = largest,
): Promise<Content | undefined> {
  const headers = path.startsWith("manifests/") ? { accept } : {};
  const answer = await connection.send({ method: "GET", repository, path, headers, limit }, signal);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw connection.refusal(answer, `${path} of ${repository}`);
  const wanted = isDigest(reference) ? reference : undefined;
  const digest = hash(answer.body, wanted?.split(":")[0] ?? "sha256");
  if (wanted !== undefined && digest !== wanted) {
    throw new Fault(
      "unavailable",
      `The registry ${connection.endpoint.host} sent something else than ${wanted} of ${repository}`,
    );
  }
  const mediaType = (answer.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
  return { digest, mediaType, body: answer.body };
}

function hash(body: Buffer, algorithm: string): string {
  return `${algorithm}:${createHash(algorithm).update(body).digest("hex")}`;
}
