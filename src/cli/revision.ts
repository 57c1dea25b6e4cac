import { UserError } from "../model/errors.ts";
import type { Repository } from "../model/tree.ts";

/** What a preview compares with by default: the remote's default branch, else the usual names. */
const DEFAULT_BASES = ["origin/HEAD", "origin/main", "main", "origin/master", "master"];

/** The first of the default bases that exists. Throws a `usage` UserError when none does. */
export async function defaultBase(repository: Repository): Promise<string> {
  for (const revision of DEFAULT_BASES) {
    if (await exists(repository, revision)) return revision;
  }
  if (!(await exists(repository, "HEAD"))) {
    throw new UserError("input", "the repository has no commits yet", { fix: "Commit something first." });
  }
  throw new UserError("usage", "there is no default branch to compare with", {
    fix: "Name the base: --base REF (a branch, a tag or a commit).",
  });
}

async function exists(repository: Repository, revision: string): Promise<boolean> {
  try {
    await repository.resolve(revision);
    return true;
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return false;
    throw error;
  }
}
