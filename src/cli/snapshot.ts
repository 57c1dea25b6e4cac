import { copyFile, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git, Located } from "./git.ts";

/**
 * Writes the work tree as it is now, without the files that git ignores, as a commit that no branch names, and gives
 * its id; `parent` is what the work tree is compared with. The repository's index, branches and files stay as they are;
 * git's own housekeeping removes the objects later.
 */
export async function snapshotWorkTree(
  place: Located & { readonly top: string },
  git: Git,
  parent?: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-index-"));
  try {
    const index = join(folder, "index");
    // The real index knows the files' times: with a copy of it only changed files are read again.
    await copyIndex(join(place.gitDir, "index"), index).catch(ignoreMissing);
    const options = { cwd: place.top, env: { GIT_INDEX_FILE: index, ...AUTHOR } };
    await git(["add", "--all", "--", "."], options);
    const tree = (await git(["write-tree"], options)).trim();
    return (
      await git(
        ["commit-tree", ...(parent === undefined ? [] : ["-p", parent]), "-m", "Snapshot of the work tree", tree],
        options,
      )
    ).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fixed author and date: the same files give the same commit. */
const AUTHOR = {
  GIT_AUTHOR_NAME: "Sluice",
  GIT_AUTHOR_EMAIL: "sluice@localhost",
  GIT_AUTHOR_DATE: "1970-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Sluice",
  GIT_COMMITTER_EMAIL: "sluice@localhost",
  GIT_COMMITTER_DATE: "1970-01-01T00:00:00Z",
};

/**
 * With the time of the original, in whole seconds: git reads those files again whose times are not older than the
 * index. In a younger copy, a file that changed in the second of the commit and kept its size would seem unchanged.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  const seconds = Math.floor(mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}

/** A repository without commits has no index yet. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
