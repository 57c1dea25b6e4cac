import type { Lookup, Trace } from "./render.ts";
import type { Tree, TreeEntry } from "./tree.ts";

/** Whether the lookup, made in a tree where `entry` stands at its path, gives the same answer again. */
export function answersAlike(lookup: Lookup, entry: TreeEntry | undefined): boolean {
  switch (lookup[1]) {
    case "absent":
      return entry === undefined;
    case "dir":
      return entry?.kind === "dir";
    case "tree":
      return entry?.kind === "dir" && entry.oid === lookup[2];
    default:
      return entry?.kind === lookup[1] && entry.oid === lookup[2];
  }
}

/**
 * Whether every lookup gives the same answer in `tree`: then the render gives the same output there. Stops at the first
 * that differs.
 */
export async function traceHolds(trace: Trace, tree: Tree): Promise<boolean> {
  for (const lookup of trace) {
    if (!answersAlike(lookup, await tree.at(lookup[0]))) return false;
  }
  return true;
}

/** The lookups whose answer in `tree` is another one, in the order of the trace. Empty exactly when the trace holds. */
export async function differingLookups(trace: Trace, tree: Tree): Promise<Lookup[]> {
  const differing: Lookup[] = [];
  for (const lookup of trace) {
    if (!answersAlike(lookup, await tree.at(lookup[0]))) differing.push(lookup);
  }
  return differing;
}

/**
 * The lookups that a set of changed paths may touch: the path itself changed, or, where the lookup's answer depends on
 * what lies below (`tree`, `dir`, `absent`), a path below it. For `dir` and `absent` this is necessary but not
 * sufficient (a directory with a changed file in it still exists): `differingLookups` decides.
 */
export function lookupsTouching(trace: Trace, changedPaths: Iterable<string>): Lookup[] {
  const exact = new Set<string>();
  const above = new Set<string>();
  for (const path of changedPaths) {
    exact.add(path);
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) above.add(path.slice(0, end));
    above.add("");
  }
  return trace.filter(([path, kind]) => {
    const reachesBelow = kind === "tree" || kind === "dir" || kind === "absent";
    return exact.has(path) || (reachesBelow && above.has(path));
  });
}
