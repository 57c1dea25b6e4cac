import { createHash } from "node:crypto";
import { namesVersion, secureUrl } from "../model/source-address.ts";
import type { SourceLimits } from "../model/source-settings.ts";
import type { SourceRequest } from "../model/sources.ts";
import type { SourceClient } from "./client.ts";
import type { Resolved, WriteTree } from "./fetched.ts";

/** What downloads single files. */
export interface FileParts {
  readonly client: SourceClient;
  readonly write: WriteTree;
  readonly limits: SourceLimits;
}

const largest = 16 * 1024 * 1024;

/** A file by its address; one whose address names a version should stay as it is. */
export async function resolveFile(
  { client, write, limits }: FileParts,
  request: Extract<SourceRequest, { kind: "file" }>,
  signal: AbortSignal,
): Promise<Resolved> {
  const url = secureUrl(request.url, "https:");
  const { body } = await client.require({ url, limit: Math.min(largest, limits.downloadBytes) }, signal);
  const name =
    url.pathname
      .split("/")
      .at(-1)
      ?.replaceAll(/[^A-Za-z0-9._-]/g, "_") ?? "";
  const path = /^\.*$/.test(name) || name.toLowerCase() === ".git" ? "file.yaml" : name;
  return {
    revision: `sha256:${createHash("sha256").update(body).digest("hex")}`,
    moving: !namesVersion(url),
    bring: async (both) => ({ tree: await write([{ path, bytes: body, executable: false }], both) }),
  };
}
