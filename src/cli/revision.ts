import { UserError } from "../model/errors.ts";
import type { Local } from "./local.ts";

/** What a preview compares with by default: the remote's default branch, else the usual names. */
const DEFAULT_BASES = ["origin/HEAD", "origin/main", "main", "origin/master", "master"];

/** The first of the default bases that exists. Throws a `usage` UserError when none does. */
export async function defaultBase({ find }: Pick<Local["repository"], "find">): Promise<string> {
  for (const revision of DEFAULT_BASES) {
    if ((await find(revision)) !== undefined) return revision;
  }
  if ((await find("HEAD")) === undefined) {
    throw new UserError("input", "the repository has no commits yet", { fix: "Commit something first." });
  }
  throw new UserError("usage", "there is no default branch to compare with", {
    fix: "Name the base: --base REF (a branch, a tag or a commit).",
  });
}
