import { UserError } from "../model/errors.ts";
import type { ObjectStore } from "../model/object-store.ts";
import { gitUrl } from "../model/source-address.ts";
import type { SourceLimits } from "../model/source-settings.ts";
import type { SourceRequest } from "../model/sources.ts";
import { refusalOf, type SourceClient } from "./client.ts";
import type { Brought, Resolved } from "./fetched.ts";
import { readAdvertisement, resolveRevision } from "./git-refs.ts";

type GitRequest = Extract<SourceRequest, { kind: "git" }>;

/** What fetches Git repositories. */
export interface GitParts {
  readonly client: SourceClient;
  readonly store: ObjectStore;
  readonly limits: SourceLimits;
}

/** Names of refs, of repositories with a hundred thousand pull requests too. */
const advertisementBytes = 32 * 1024 * 1024;
const service = "info/refs?service=git-upload-pack";

/**
 * Asks a repository what it has, which finds redirects and refusals, and says what the revision is. The commit is
 * fetched from where that led to.
 */
export async function resolveGit(parts: GitParts, request: GitRequest, signal: AbortSignal): Promise<Resolved> {
  const { client } = parts;
  const url = gitUrl(request.url);
  const name = `${url.host}${url.pathname}`;
  const asked = new URL(`${url.href.replace(/\/+$/, "")}/${service}`);
  const answer = await client.require({ url: asked, limit: advertisementBytes }, signal);
  const { commit, moving, version } = resolveRevision(readAdvertisement(answer.body, name), request.revision, name);
  const end = answer.url.href.indexOf(`/${service}`);
  if (end < 0) throw refusalOf(asked, 404);
  const from = client.original(url, new URL(answer.url.href.slice(0, end)));
  return {
    revision: commit,
    version,
    moving,
    bring: async (both) => {
      const at = await client.locate(from, both);
      const authorization = await client.authorization(from, both);
      const { gitBytes: maxBytes, deadlineMs } = parts.limits;
      const { caFile } = client;
      const wanted = { ...at, commit, authorization, caFile, maxBytes, deadlineMs };
      const tree = await parts.store.bring(wanted, both).catch((error: unknown) => {
        throw named(error, name);
      });
      return withNotes(parts.store, tree);
    },
  };
}

/** Git's own words name no repository. */
function named(error: unknown, name: string): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(error.kind, `${name}: ${error.message}`, { cause: error, ...(error.fix && { fix: error.fix }) });
}

async function withNotes(store: ObjectStore, tree: string): Promise<Brought> {
  const attributes = await fileOf(store, tree, ".gitattributes");
  const usesLfs = attributes !== undefined && /\bfilter=lfs\b/.test(attributes);
  const notes = ["Files that are in Git LFS are not fetched: a render sees their pointers."];
  return usesLfs ? { tree, notes } : { tree };
}

/** The text of a file at the top of a tree. */
export async function fileOf(store: ObjectStore, tree: string, name: string): Promise<string | undefined> {
  const entry = await entryOf(store, tree, name);
  const blob =
    entry === undefined || entry.mode.startsWith("1") === false ? undefined : await store.objects.read(entry.oid);
  return blob?.kind === "blob" && blob.bytes.length < 1024 * 1024
    ? Buffer.from(blob.bytes).toString("utf8")
    : undefined;
}

/** What stands at a path of a tree, with its mode as Git writes it. */
export async function entryOf(
  store: ObjectStore,
  tree: string,
  path: string,
): Promise<{ readonly mode: string; readonly oid: string } | undefined> {
  let found = { mode: "40000", oid: tree };
  for (const part of path.split("/")) {
    const object = found.mode === "40000" ? await store.objects.read(found.oid) : undefined;
    if (object?.kind !== "tree") return undefined;
    const next = childOf(object.bytes, part);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

function childOf(tree: Uint8Array, name: string): { mode: string; oid: string } | undefined {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const zero = bytes.indexOf(0, space);
    if (space < 0 || zero < 0) return undefined;
    if (bytes.toString("utf8", space + 1, zero) === name)
      return { mode: bytes.toString("latin1", at, space), oid: bytes.toString("hex", zero + 1, zero + 21) };
    at = zero + 21;
  }
  return undefined;
}
