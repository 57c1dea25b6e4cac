import { Fault } from "../model/errors.ts";
import type { RenderSource } from "../model/render.ts";
import type { TreeChange } from "../model/tree.ts";

/**
 * The tree that comes out when `changes` are applied to `source.tree`, readable like any other: new blobs and trees exist in memory only. A later change of the same path wins. Deleting
 * the last file of a folder removes the folder, as in Git; a file in the way of a needed folder is replaced, and so is a folder by a file. Paths that Git would not take are `refused`
 * UserErrors. Object ids are Git's, SHA-1 or SHA-256 as the tree's id.
 */
export function overlay(source: RenderSource, _changes: readonly TreeChange[]): Promise<RenderSource> {
  throw new Fault("bug", `not yet: ${source.tree.oid}`);
}
