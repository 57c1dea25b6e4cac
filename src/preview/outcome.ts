import type { Preview } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { configFile } from "../targets/index.ts";

/** The commits of a comparison, as full ids. */
export interface Commits {
  readonly base: string;
  readonly head: string;
  /** The base itself when the histories are `unrelated`. */
  readonly mergeBase: string;
  readonly unrelated: boolean;
}

/** What became of a preview: the comparison, or the errors of the base's configuration. */
export type PreviewOutcome =
  | {
      readonly kind: "preview";
      readonly commits: Commits;
      readonly preview: Preview;
      /** When the configuration wants a comment. */
      readonly comment: "changes" | "always" | "never";
    }
  | { readonly kind: "config"; readonly commits: Commits; readonly problems: readonly ConfigProblem[] };

/** The text of a tree's `.sluice.yaml`, `undefined` when it has none; one over 1 MiB is a `limit` UserError. */
export async function readConfig(tree: Tree): Promise<string | undefined> {
  const bytes = await tree.read(configFile, 1 << 20);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
