import { gitFault } from "./failure.ts";
import type { GitOutput } from "./run.ts";

/** How a repository with ref names of its own calls what others call something else. */
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
  names?: RefNames,
): Promise<ReadonlyMap<string, string>> {
  const folder = names?.root ?? prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const found = new Map<string, string>();
  for (const { ref, oid } of await listRefs(git, folder)) {
    const name = names === undefined ? ref : names.name(ref);
    if (name?.startsWith(prefix)) found.set(name, oid);
  }
  return found;
}

/** The refs to commits below `folder` (with its slash), sorted by name. */
export async function listRefs(
  git: (...args: string[]) => Promise<GitOutput>,
  folder: string,
): Promise<readonly { readonly ref: string; readonly oid: string }[]> {
  const run = await git("for-each-ref", "--format=%(objecttype) %(objectname) %(refname)", "--end-of-options", folder);
  if (run.code !== 0) throw gitFault("for-each-ref", run.stderr);
  return run.stdout
    .toString("utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([kind, oid = "", ref = ""]) => (kind === "commit" ? [{ ref, oid }] : []));
}
