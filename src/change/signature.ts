import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * Proves that a text was written by this App: anybody who may write can edit a pull request's body, or push to its
 * branch.
 */
export interface Signer {
  /** 64 hex digits. `use` keeps apart what is signed: a signature of one use is none of another. */
  sign(use: string, text: string): string;
  verify(use: string, text: string, signature: string): boolean;
}

/** Gives the signer of one repository: what is signed for one counts in no other. */
export interface AppSigner {
  /** By GitHub's number of the repository: a name can be given to another one. */
  of(repositoryId: number): Signer;
}

/** The signers of every worker of one App. */
export function createSigner(privateKey: string): AppSigner {
  // The label (a stored name) is part of the key: another one would disown every open pull request.
  const key = new Uint8Array(hkdfSync("sha256", privateKey, "", "sluice promotion seals", 32));
  return { of: (repositoryId) => signerWith(key, repositoryId) };
}

function signerWith(key: Uint8Array, repositoryId: number): Signer {
  const mac = (use: string, text: string) =>
    createHmac("sha256", key).update(`${repositoryId}\0${use}\0${text}`).digest();
  return {
    sign: (use, text) => mac(use, text).toString("hex"),
    verify(use, text, signature) {
      const given = Buffer.from(signature, "hex");
      const right = mac(use, text);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}

const TRAILER = /^Sluice-Tree: ([0-9a-f]{64})$/m;

/** The trailer of a commit of Sluice: says that Sluice made this tree on this branch. */
export function treeTrailer(branch: string, tree: string, signer: Signer): string {
  return `Sluice-Tree: ${signer.sign("tree", `${branch}\n${tree}`)}`;
}

/** Whether Sluice made the commit with this message and tree, and no person who pushed to the branch. */
export function isSluiceCommit(message: string, branch: string, tree: string, signer: Signer): boolean {
  const match = TRAILER.exec(message);
  return match?.[1] !== undefined && signer.verify("tree", `${branch}\n${tree}`, match[1]);
}
