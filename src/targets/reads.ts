import type { ScanMemo } from "../discovery/index.ts";
import type { Renderer } from "../model/render.ts";
import type { Sources } from "../model/sources.ts";
import type { RepositoryName } from "../model/tree.ts";

/** What a repository goes by: objects of controllers name it by an address and a revision. */
export interface RepositoryIdentity {
  /** Addresses that it can be cloned from, in any of the forms that people write. */
  readonly urls: readonly string[];
  /** Names of the branch that is compared or deployed; `HEAD` is one where it is the default branch. */
  readonly branches: readonly string[];
  /** Artifacts (`oci://…`) that are pushed from it, each with the folder that it is made of. */
  readonly artifacts?: readonly { readonly url: string; readonly path: string }[];
}

/** What a plan of targets may need besides the tree itself. */
export interface PlanReads {
  /** Renders the objects that controllers read. */
  readonly renderer: Pick<Renderer, "render">;
  /** What is remote; without it all of that is missing. */
  readonly sources?: Sources | undefined;
  /** Keeps what discovery learns of files between plans. */
  readonly memo?: ScanMemo | undefined;
  readonly repository: RepositoryIdentity;
  readonly signal: AbortSignal;
}

/** A repository on GitHub. `defaultBranch` is what `HEAD` means there. */
export function identityOnGitHub(
  webUrl: string | undefined,
  { owner, name }: RepositoryName,
  branch: string,
  defaultBranch: string = branch,
): RepositoryIdentity {
  const urls = webUrl === undefined ? [] : [`${webUrl}/${owner}/${name}`];
  return { urls, branches: branch === defaultBranch ? [branch, "HEAD"] : [branch] };
}
