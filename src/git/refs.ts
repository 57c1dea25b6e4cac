import { gitFault } from "./failure.ts";
import { type RefFile, readRefFiles, refFileNames } from "./ref-files.ts";
import type { GitOutput } from "./run.ts";

/** How a repository with ref names of its own, whose refs are files, calls what others call something else. */
export interface RefNames {
  /** Its own revision for one of the others. */
  readonly alias: (revision: string) => string;
  /** Below it are its own names. */
  readonly root: string;
  /** The others' name for one of its own below `root`; `undefined` when it is none. */
  readonly name: (ref: string) => string | undefined;
}

/** The refs to commits whose names begin with `prefix`, by name. */
export async function readRefs(
  git: (...args: string[]) => Promise<GitOutput>,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const found = new Map<string, string>();
  for (const { ref, oid } of await listRefs(git, folder)) if (ref.startsWith(prefix)) found.set(ref, oid);
  return found;
}

/** The refs of a repository with names of its own whose names, as the others call them, begin with `prefix`. */
export async function readNamedRefs(
  directory: string,
  prefix: string,
  names: RefNames,
): Promise<ReadonlyMap<string, string>> {
  const all = await refFileNames(directory, names.root);
  const meant = all.filter((ref) => names.name(ref)?.startsWith(prefix));
  const found = await readRefFiles(directory, meant);
  return new Map(found.map(({ ref, oid }) => [names.name(ref) ?? ref, oid]));
}

/** The refs to commits below `folder` (with its slash), sorted by name. */
async function listRefs(git: (...args: string[]) => Promise<GitOutput>, folder: string): Promise<readonly RefFile[]> {
  const run = await git("for-each-ref", "--format=%(objecttype) %(objectname) %(refname)", "--end-of-options", folder);
  if (run.code !== 0) throw gitFault("for-each-ref", run.stderr);
  return run.stdout
    .toString("utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([kind, oid = "", ref = ""]) => (kind === "commit" ? [{ ref, oid }] : []));
}
