import type { ObjectReader } from "../model/tree.ts";
import { parseCommit } from "./parse-commit.ts";

/** Commits that are read before git is asked. */
const maxCommits = 50;

/** Whether a commit is among the nearest ancestors of another one. `false` where it is none, or further away. */
export async function isNearAncestor(ancestor: string, commit: string, objects: ObjectReader): Promise<boolean> {
  const seen = new Set([commit]);
  for (const oid of seen) {
    if (oid === ancestor) return true;
    if (seen.size > maxCommits) return false;
    const object = await objects.read(oid);
    if (object?.kind !== "commit") continue;
    for (const parent of parseCommit(oid, object.bytes).parents) seen.add(parent);
  }
  return false;
}
