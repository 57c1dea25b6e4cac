import type { RenderSource } from "../model/render.ts";
import type { ObjectReader, TreeChange } from "../model/tree.ts";
import { changeTree } from "./staged-tree/change-tree.ts";
import { rebuild } from "./staged-tree/rebuild.ts";
import { StagedTree } from "./staged-tree/tree.ts";

/**
 * The tree that comes out when `changes` are applied to `source.tree`, readable like any other: new blobs and trees
 * exist in memory only. A later change of the same path wins. Deleting the last file of a folder removes the folder, as
 * in Git; a file in the way of a needed folder is replaced, and so is a folder by a file. Paths that Git would not
 * accept are `refused` UserErrors. Object ids are Git's, SHA-1 or SHA-256 as the tree's id. The result's `objects`
 * returns new objects as Git stores them, and the source's.
 */
export async function stageChanges(source: RenderSource, changes: readonly TreeChange[]): Promise<RenderSource> {
  const rebuilt = await rebuild(source.objects, source.tree.oid, changeTree(changes, source.tree.oid));
  const objects: ObjectReader = {
    read: async (oid) => rebuilt.objects.get(oid) ?? source.objects.read(oid),
  };
  return { ...source, tree: new StagedTree(source, objects, rebuilt), objects };
}
