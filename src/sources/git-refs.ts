import { UserError } from "../model/errors.ts";
import type { GitRevision } from "../model/sources.ts";
import { readSemver } from "../model/versions.ts";
import { chooseVersion, readRange } from "./version-range.ts";

/** What a repository has, by full name, in its order. Of an annotated tag: the commit that it names. */
export type RemoteRefs = ReadonlyMap<string, string>;

/** What a revision is now. */
export interface ResolvedRevision {
  readonly commit: string;
  readonly moving: boolean;
  /** The tag that a range led to. */
  readonly version?: string;
}

/**
 * Reads the advertisement of git's smart protocol, version 0 and 1. Source: gitprotocol-pack(5). Throws a `refused`
 * UserError for what is none.
 */
export function readAdvertisement(body: Uint8Array, name: string): RemoteRefs {
  const refs = new Map<string, string>();
  for (const line of packetLines(body, name)) {
    const match = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\0\n]+)/.exec(line);
    const [, oid = "", ref = ""] = match ?? [];
    if (match === null || ref === "capabilities^{}") continue;
    refs.set(ref.endsWith("^{}") ? ref.slice(0, -3) : ref, oid);
  }
  return refs;
}

function packetLines(body: Uint8Array, name: string): readonly string[] {
  const text = Buffer.from(body);
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = Number.parseInt(text.toString("latin1", at, at + 4), 16);
    if (
      !/^[0-9a-f]{4}$/i.test(text.toString("latin1", at, at + 4)) ||
      (length > 0 && length < 4) ||
      at + length > text.length
    )
      throw new UserError("refused", `${name} is no Git repository that is served over https`);
    lines.push(text.toString("utf8", at + 4, at + Math.max(length, 4)));
    at += Math.max(length, 4);
  }
  if (!lines[0]?.startsWith("# service=git-upload-pack"))
    throw new UserError("refused", `${name} is no Git repository that is served over https`);
  return lines;
}

/** What a revision names among the refs; a `not-found` UserError when nothing. */
export function resolveRevision(refs: RemoteRefs, revision: GitRevision, name: string): ResolvedRevision {
  switch (revision.kind) {
    case "commit":
      return { commit: fullId(revision.commit, refs, name), moving: false };
    case "branch":
      return { commit: the(refs, `refs/heads/${revision.name}`, name), moving: true };
    case "tag":
      return { commit: the(refs, `refs/tags/${revision.name}`, name), moving: false };
    case "name":
      return { commit: the(refs, revision.name, name), moving: !revision.name.startsWith("refs/tags/") };
    case "semver":
      return inRange(refs, revision.range, name);
    case "any":
      return any(refs, revision.text, name);
    default:
      return revision satisfies never;
  }
}

/**
 * Source: Argo CD's util/git/client.go `lsRemote`; kustomize gives the text to `git fetch`, which reads names alike.
 */
function any(refs: RemoteRefs, text: string, name: string): ResolvedRevision {
  if (/^[0-9a-f]{40}$/.test(text)) return { commit: text, moving: false };
  if (text === "" || text === "HEAD") return { commit: the(refs, "HEAD", name), moving: true };
  const isRange = !/^v?\d+(?:\.\d+){0,2}(?:[-+].*)?$/.test(text) && readRange(text) !== undefined;
  if (isRange && chooseVersion(tagsOf(refs), text) !== undefined) return inRange(refs, text, name);
  const found = [text, `refs/heads/${text}`, `refs/tags/${text}`].find((ref) => refs.has(ref));
  if (found !== undefined) return { commit: the(refs, found, name), moving: !found.startsWith("refs/tags/") };
  return { commit: fullId(text, refs, name), moving: false };
}

function inRange(refs: RemoteRefs, range: string, name: string): ResolvedRevision {
  const tag = chooseVersion(
    tagsOf(refs).filter((one) => readSemver(one) !== undefined),
    range,
  );
  if (tag === undefined) throw new UserError("not-found", `${name} has no tag in the range ${quoted(range)}`);
  return { commit: the(refs, `refs/tags/${tag}`, name), moving: true, version: tag };
}

function tagsOf(refs: RemoteRefs): readonly string[] {
  return [...refs.keys()].flatMap((ref) => (ref.startsWith("refs/tags/") ? [ref.slice("refs/tags/".length)] : []));
}

function the(refs: RemoteRefs, ref: string, name: string): string {
  const commit = refs.get(ref);
  if (commit !== undefined) return commit;
  throw new UserError(
    "not-found",
    `${name} has no ${ref.replace(/^refs\/heads\//, "branch ").replace(/^refs\/tags\//, "tag ")}`,
  );
}

/** A short id is known only where a branch or tag is at it: history is not fetched. */
function fullId(text: string, refs: RemoteRefs, name: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  const found = /^[0-9a-f]{7,39}$/.test(text) ? [...refs.values()].find((oid) => oid.startsWith(text)) : undefined;
  if (found !== undefined) return found;
  throw new UserError("not-found", `${name} has no branch, tag or commit ${quoted(text)}`, {
    fix: "Write the full id of a commit: of a short one only the tips of branches and tags are known.",
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
