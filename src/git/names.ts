import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../model/errors.ts";
import type { RepositoryName } from "../model/tree.ts";
import { isObjectId } from "./oid.ts";

/** Where a mirror keeps things. */
export interface MirrorPaths {
  readonly directory: string;
  readonly lock: string;
  /** Names the git process that fetches. */
  readonly fetcher: string;
}

const safeName = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?$/;
const safeRef = /^refs\/(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|[./]$))[^\p{Cc}\s~^:?*[\\]+$/u;

/** The paths of a repository's mirror below `root`. Names are lower-cased, as GitHub compares them so; an unsafe one is a `usage` UserError. */
export function mirrorPaths(root: string, { owner, name }: RepositoryName): MirrorPaths {
  const [folder, file] = [owner.toLowerCase(), name.toLowerCase()];
  if (![folder, file].every((part) => safeName.test(part) || (part === file && /^\.[a-z0-9_-]+$/.test(part)))) {
    throw new UserError("usage", `${JSON.stringify(`${owner}/${name}`)} is not a repository's name`);
  }
  const base = join(root, folder, file);
  return { directory: `${base}.git`, lock: `${base}.lock`, fetcher: join(`${base}.git`, "sluice-fetcher") };
}

/**
 * The mirror's own ref for something wanted: flat, so that `a` and `a/b` never collide, and unable to say anything to git. A want that is
 * neither a full ref name nor a full commit id is a `usage` UserError.
 */
export function mirrorRef(want: string): string {
  if (isObjectId(want)) return `refs/sluice/commit/${want}`;
  if (!safeRef.test(want))
    throw new UserError("usage", `${JSON.stringify(want.slice(0, 200))} is not a full ref name or commit id`);
  return refFor(want);
}

/** How a mirror calls the revision that GitHub calls `revision`: full ref names and branch names are looked up among what was fetched. */
export function mirrorAlias(revision: string): string {
  if (isObjectId(revision)) return revision;
  return refFor(revision.startsWith("refs/") ? revision : `refs/heads/${revision}`);
}

function refFor(name: string): string {
  return `refs/sluice/ref/${createHash("sha256").update(name).digest("hex")}`;
}
