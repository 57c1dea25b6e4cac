import type { TreeEntry } from "../model/tree.ts";

/** Whether two places have the same entry, with the same mode. */
export function sameEntry(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const executable = (entry: TreeEntry): boolean => entry.kind === "file" && entry.executable;
  return a.kind === b.kind && a.oid === b.oid && executable(a) === executable(b);
}

/** The entry alone: what a directory lists has a name too. */
export function bareEntry(entry: TreeEntry): TreeEntry {
  return entry.kind === "file"
    ? { kind: "file", oid: entry.oid, executable: entry.executable }
    : { kind: entry.kind, oid: entry.oid };
}
