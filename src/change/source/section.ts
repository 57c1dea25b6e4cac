import type { SourceCommit } from "../../model/github.ts";

/** What lies between two images in the repository that they are built from. */
export interface SourceChanges {
  /** The repository's page, `https://github.com/acme/webapp`. */
  readonly url: string;
  /** A page that compares the two, where both revisions are known. */
  readonly compareUrl: string | undefined;
  /** Newest first; empty when Sluice may not read them. */
  readonly commits: readonly SourceCommit[];
  /** All of them, those not listed included. */
  readonly total: number;
}
