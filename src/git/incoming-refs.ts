import { rm } from "node:fs/promises";
import { join } from "node:path";
import { gitFault } from "./failure.ts";
import { matchesRef, mirrorNames, ownRef, type RefPattern } from "./names.ts";
import { readRefFiles, refFileNames } from "./ref-files.ts";
import type { GitOutput } from "./run.ts";

const incoming = "refs/sluice/incoming/";

/** Runs git in the mirror. */
export type MirrorGit = (args: readonly string[], input?: string) => Promise<GitOutput>;

/** Removes what has landed. Refs in a mirror are files, see `gitEnvironment`. Only under the mirror's lock. */
export async function clearIncoming(directory: string): Promise<void> {
  await rm(join(directory, incoming), { recursive: true, force: true });
}

/**
 * What has a fetch bring the refs that may be missing: git takes a pattern that matches nothing for no error. Each
 * pattern lands in a folder of its own, as the remote's names, which git has checked; `settleIncoming` takes them from
 * there.
 */
export function incomingRefspecs(patterns: readonly RefPattern[]): string[] {
  return patterns.map(({ prefix }, index) => `+${prefix}*:${incoming}${index}/${lead(prefix)}*`);
}

/**
 * Makes the mirror's refs that the patterns mean exactly those that have landed, in one transaction. Returns them, as
 * the mirror calls them.
 */
export async function settleIncoming(
  git: MirrorGit,
  directory: string,
  patterns: readonly RefPattern[],
): Promise<readonly string[]> {
  const landed = new Map<string, string>();
  for (const { ref, oid } of await readRefFiles(directory, await refFileNames(directory, incoming))) {
    const name = remoteName(ref, patterns);
    if (name !== undefined) landed.set(ownRef(name), oid);
  }
  const all = await readRefFiles(directory, await refFileNames(directory, mirrorNames.root));
  const known = new Map(all.map(({ ref, oid }) => [ref, oid]));
  const isMeant = (ref: string): boolean =>
    patterns.some((pattern) => matchesRef(pattern, mirrorNames.name(ref) ?? ""));
  const commands = [
    ...[...known.keys()].filter((ref) => !landed.has(ref) && isMeant(ref)).map((ref) => `delete ${ref}\n`),
    ...[...landed].filter(([ref, oid]) => known.get(ref) !== oid).map(([ref, oid]) => `update ${ref} ${oid}\n`),
  ];
  if (commands.length > 0) {
    const updated = await git(["update-ref", "--stdin"], commands.join(""));
    if (updated.code !== 0) throw gitFault("update-ref", updated.stderr);
  }
  return [...landed.keys()];
}

/**
 * A name in full leaves no rest, and a ref's name must not end in a slash. After a slash there is always one, which may
 * be as long as a file's name can be.
 */
function lead(prefix: string): "" | "x" {
  return prefix.endsWith("/") ? "" : "x";
}

/**
 * What the remote calls a ref that has landed; `undefined` when the pattern, being a name, brought more than that name.
 */
function remoteName(ref: string, patterns: readonly RefPattern[]): string | undefined {
  const [, index = "", rest = ""] = /^(\d+)\/(.*)$/s.exec(ref.slice(incoming.length)) ?? [];
  const pattern = patterns[Number(index)];
  if (pattern === undefined) return undefined;
  const name = pattern.prefix + rest.slice(lead(pattern.prefix).length);
  return matchesRef(pattern, name) ? name : undefined;
}
