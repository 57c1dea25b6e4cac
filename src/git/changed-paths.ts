import { Fault } from "../model/errors.ts";
import { byText } from "../model/paths.ts";
import type { ChangedPath } from "../model/tree.ts";

const statuses: Readonly<Record<string, ChangedPath["status"]>> = {
  A: "added",
  D: "deleted",
  M: "modified",
  T: "type-changed",
};

/** Reads the output of `git diff-tree --raw -z`: `:mode mode oid oid status`, zero, path, zero; sorted by path. */
export function parseChangedPaths(output: Buffer): ChangedPath[] {
  const fields = output.toString("utf8").split("\0");
  const changed: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const status = statuses[fields[at]?.at(-1) ?? ""];
    const path = fields[at + 1];
    if (status === undefined || path === undefined)
      throw new Fault("bug", "git diff-tree gave a line that cannot be read");
    changed.push({ path, status });
  }
  return changed.sort(byPath);
}

/** Orders changes by their paths. */
export function byPath(a: ChangedPath, b: ChangedPath): number {
  return byText(a.path, b.path);
}
