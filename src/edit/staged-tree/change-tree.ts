import { Fault } from "../../model/errors.ts";
import type { TreeChange } from "../../model/tree.ts";
import { type ModeEntry, nameBytes, objectId, withMode } from "../../model/tree-object.ts";
import { segmentsOf } from "./paths.ts";

/** What becomes of one path: what the source has there, or nothing, or an entry; and changes below it. */
export interface ChangeNode {
  base: "source" | "nothing" | ModeEntry;
  /** A change wrote below it: a file or link there gave way, and does not come back when that is deleted again. */
  isFolder: boolean;
  readonly children: Map<string, ChangeNode>;
}

/** Changes by path, and the blobs that they bring. */
export interface ChangeTree {
  readonly root: ChangeNode;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/**
 * Puts changes into a tree in order: a later one wins over earlier ones of its path and below it. `like` is an object
 * id of the repository.
 */
export function changeTree(changes: readonly TreeChange[], like: string): ChangeTree {
  const root = untouched();
  const blobs = new Map<string, Uint8Array>();
  for (const change of changes) {
    const node = nodeAt(root, segmentsOf(change.path), change.kind !== "delete");
    node.children.clear();
    node.isFolder = false;
    node.base = baseOf(change, like, blobs);
  }
  return { root, blobs };
}

function untouched(): ChangeNode {
  return { base: "source", isFolder: false, children: new Map() };
}

function nodeAt(root: ChangeNode, segments: readonly string[], writes: boolean): ChangeNode {
  let node = root;
  for (const segment of segments) {
    if (writes) node.isFolder = true;
    const name = nameBytes(segment);
    const child = node.children.get(name) ?? untouched();
    node.children.set(name, child);
    node = child;
  }
  return node;
}

function baseOf(change: TreeChange, like: string, blobs: Map<string, Uint8Array>): ChangeNode["base"] {
  switch (change.kind) {
    case "delete":
      return "nothing";
    case "entry":
      if (change.entry.oid.length === like.length) return withMode(change.entry);
      throw new Fault("bug", `the object ${change.entry.oid} of ${change.path} is not one of this repository`);
    case "write": {
      const oid = objectId("blob", change.bytes, like);
      blobs.set(oid, change.bytes);
      return withMode({ kind: "file", oid, executable: change.executable });
    }
    default:
      return change satisfies never;
  }
}
