import { join } from "node:path";
import { UserError } from "../model/errors.ts";
import type { RepositoryName } from "../model/tree.ts";
import { isObjectId } from "./oid.ts";
import type { RefNames } from "./refs.ts";

/** Where a mirror keeps things. */
export interface MirrorPaths {
  readonly directory: string;
  readonly lock: string;
  /** Names the git process that fetches. */
  readonly fetcher: string;
}

const safeName = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?$/;
const safeRef = /^refs\/(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|[./]$))[^\p{Cc}\s~^:?*[\\]+$/u;

/**
 * The paths of a repository's mirror below `root`. Names are lower-cased, as GitHub compares them so; an unsafe one is
 * a `usage` UserError.
 */
export function mirrorPaths(root: string, { owner, name }: RepositoryName): MirrorPaths {
  const [folder, file] = [owner.toLowerCase(), name.toLowerCase()];
  if (![folder, file].every((part) => safeName.test(part) || (part === file && /^\.[a-z0-9_-]+$/.test(part)))) {
    throw new UserError("usage", `${JSON.stringify(`${owner}/${name}`)} is not a repository's name`);
  }
  const base = join(root, folder, file);
  return { directory: `${base}.git`, lock: `${base}.lock`, fetcher: join(`${base}.git`, "sluice-fetcher") };
}

/**
 * The mirror's own ref for something wanted: such that `a` and `a/b` never collide, and unable to say anything to git.
 * A want that is neither a full ref name nor a full commit id is a `usage` UserError.
 */
export function mirrorRef(want: string): string {
  if (isObjectId(want)) return `refs/sluice/commit/${want}`;
  if (!safeRef.test(want)) throw unsafe(want);
  return ownRef(want);
}

/** Refs that may be missing: all whose names begin with `prefix`, or the one whose name it is. */
export interface RefPattern {
  readonly prefix: string;
  readonly open: boolean;
}

/**
 * Reads a full ref name, or one with a star at its end that stands for any rest; anything else is a `usage` UserError.
 */
export function refPattern(text: string): RefPattern {
  const open = text.endsWith("*");
  const prefix = open ? text.slice(0, -1) : text;
  if (!safeRef.test(open ? `${prefix}x` : prefix)) throw unsafe(text);
  return { prefix, open };
}

/** Whether the pattern means the ref of this name. */
export function matchesRef({ prefix, open }: RefPattern, name: string): boolean {
  return open ? name.startsWith(prefix) : name === prefix;
}

/**
 * How a mirror calls what GitHub calls something else: full ref names and branch names are looked up among what was
 * fetched.
 */
export const mirrorNames: RefNames = {
  alias: (revision) => {
    if (isObjectId(revision)) return revision;
    return ownRef(revision.startsWith("refs/") ? revision : `refs/heads/${revision}`);
  },
  root: "refs/sluice/ref/",
  name: (ref) => {
    const hex = ref.slice("refs/sluice/ref/".length).replaceAll("_/", "");
    return hexName.test(hex) ? Buffer.from(hex, "hex").toString("utf8") : undefined;
  },
};

const hexName = /^(?:[0-9a-f]{2})+$/;
/** A file's name has at most 255 bytes, and git adds `.lock`. */
const partLength = 240;

/**
 * The mirror's own ref for one of the remote's: its name in hex, which any disk keeps apart and can be read back; cut
 * into folders whose names, unlike the last part's, end in an underscore.
 */
export function ownRef(name: string): string {
  const hex = Buffer.from(name).toString("hex");
  return `refs/sluice/ref/${hex.replaceAll(new RegExp(`(.{${partLength}})(?=.)`, "g"), "$1_/")}`;
}

function unsafe(want: string): UserError {
  return new UserError("usage", `${JSON.stringify(want.slice(0, 200))} is not a full ref name or commit id`);
}
