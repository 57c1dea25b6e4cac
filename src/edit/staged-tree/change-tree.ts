import { Fault } from "../../model/errors.ts";
import type { TreeChange } from "../../model/tree.ts";
import { segmentsOf } from "./paths.ts";
import { type ModeEntry, nameBytes, objectId, withMode } from "./tree-object.ts";

/** What becomes of one path: what the source has there, or nothing, or an entry; and changes below it. */
export interface ChangeNode {
  base: "source" | "nothing" | ModeEntry;
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
  const root: ChangeNode = { base: "source", children: new Map() };
  const blobs = new Map<string, Uint8Array>();
  for (const change of changes) {
    const node = nodeAt(root, segmentsOf(change.path));
    node.children.clear();
    node.base = baseOf(change, like, blobs);
  }
  return { root, blobs };
}

function nodeAt(root: ChangeNode, segments: readonly string[]): ChangeNode {
  let node = root;
  for (const segment of segments) {
    const name = nameBytes(segment);
    const child: ChangeNode = node.children.get(name) ?? { base: "source", children: new Map() };
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
