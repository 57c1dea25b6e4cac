import type { Signer } from "./signature.ts";

const TRAILER = /^Sluice-Tree: ([0-9a-f]{64})$/m;

/** The trailer of a commit of ours: says that we made this tree on this branch. */
export function treeTrailer(branch: string, tree: string, signer: Signer): string {
  return `Sluice-Tree: ${signer.sign("tree", `${branch}\n${tree}`)}`;
}

/** Whether the commit with this message and tree is ours, and not a person's on our branch. */
export function isOurs(message: string, branch: string, tree: string, signer: Signer): boolean {
  const match = TRAILER.exec(message);
  return match?.[1] !== undefined && signer.verify("tree", `${branch}\n${tree}`, match[1]);
}
