import { UserError } from "../model/errors.ts";
import type { Local } from "./local.ts";

/** What a preview compares with by default: the remote's default branch, else the usual names. */
const DEFAULT_BASES = ["origin/HEAD", "origin/main", "main", "origin/master", "master"];

/**
 * The first of the default bases that exists, else the first parent of a merge: a job on a pull request has nothing but
 * that. Throws a `usage` UserError when there is none.
 */
export async function defaultBase({ find }: Pick<Local["repository"], "find">): Promise<string> {
  for (const revision of DEFAULT_BASES) {
    if ((await find(revision)) !== undefined) return revision;
  }
  if ((await find("HEAD")) === undefined) {
    throw new UserError("input", "the repository has no commits yet", { fix: "Commit something first." });
  }
  if ((await find("HEAD^2")) !== undefined) return "HEAD^1";
  throw new UserError("usage", "there is no default branch to compare with", {
    fix: "Name the base: --base REF (a branch, a tag or a commit). In a pull request's job, actions/checkout needs `fetch-depth: 2`.",
  });
}
