import type { SourceChanges } from "../../change/source/section.ts";

/** The facts about one image. */
export interface ImageSection {
  /** As the configuration writes it. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  /** The tag that it takes the place of, empty where there are several; and its digest, where the tag stays. */
  readonly from: string;
  readonly oldDigest: string;
  readonly platforms: readonly string[];
  /** When it was built, in milliseconds since the epoch. */
  readonly built: number | undefined;
  /** Why this tag, without the tag: "the highest version in `^1.0`". */
  readonly reason: string;
  /** Tags between what the targets have and this one. */
  readonly skipped: readonly string[];
  /** Newer tags that were not taken, the newest first, with why. */
  readonly newer: readonly { readonly tag: string; readonly reason: string }[];
  /** What lies between the two images in the repository that they are built from, where their labels tell. */
  readonly source: SourceChanges | undefined;
  /** The policy follows one tag, wherever it goes. */
  readonly follows: boolean;
}
