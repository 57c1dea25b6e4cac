import { chmod, lstat, mkdir, realpath, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type FileChange, fileChanges } from "../change/file-changes.ts";
import { stageChanges } from "../edit/staged-tree.ts";
import { UserError } from "../model/errors.ts";
import type { RenderSource } from "../model/render.ts";
import type { TreeChange } from "../model/tree.ts";
import type { Local } from "./local.ts";

/** What is written where. */
export interface WriteRequest extends Pick<Local, "place" | "repository" | "git"> {
  /** The commit that the plan was made from. */
  readonly base: string;
  readonly changes: readonly TreeChange[];
}

/**
 * Writes the changes into the work tree, byte for byte and with their modes, and gives the files by path. Nothing is
 * written when one of them has changes that are not committed, is not as it is at the base, or would be written
 * through a link: a `refused` UserError names them.
 */
export async function writeChanges(request: WriteRequest): Promise<readonly string[]> {
  const { place, repository, base, changes } = request;
  const { top } = place;
  if (top === undefined) {
    throw new UserError("usage", "a bare repository has no work tree to write into", { fix: "Leave --write out." });
  }
  if (changes.length === 0) return [];
  const source = { tree: await repository.tree(base), objects: repository.objects };
  const after = await stageChanges(source, changes);
  const files = await fileChanges(source.tree, after.tree, [...new Set(changes.map(({ path }) => path))]);
  const paths = files.map(({ path }) => path);
  await refuseUncommitted(top, paths, request);
  for (const path of paths) await refuseLinks(top, path);
  for (const file of files) if (file.after === undefined) await remove(top, file.path);
  for (const file of files) if (file.after !== undefined) await write(top, file, after);
  return paths;
}

async function refuseUncommitted(
  top: string,
  paths: readonly string[],
  { base, git }: Pick<WriteRequest, "base" | "git">,
): Promise<void> {
  const options = { cwd: top };
  const exact = paths.map((path) => `:(top,literal)${path}`);
  const lists = await Promise.all([
    git(["diff", "--name-only", "-z", "--no-ext-diff", base, "--", ...exact], options),
    git(["diff", "--name-only", "-z", "--no-ext-diff", "--cached", "--", ...exact], options),
    git(["ls-files", "--others", "-z", "--", ...exact], options),
  ]);
  const dirty = [...new Set(lists.flatMap((list) => list.split("\0")).filter((path) => path !== ""))].sort();
  if (dirty.length === 0) return;
  throw new UserError(
    "refused",
    `there are changes that are not committed, or not in the base, in ${dirty.join(", ")}`,
    {
      fix: "Commit or stash them first; nothing was written.",
    },
  );
}

/** A link in the way could lead out of the repository. */
async function refuseLinks(top: string, path: string): Promise<void> {
  const root = await realpath(top);
  let folder = dirname(join(root, path));
  while (!(await exists(folder))) folder = dirname(folder);
  if ((await realpath(folder)) === folder && !relative(root, folder).startsWith("..")) return;
  throw new UserError("refused", `${path} would be written through a symbolic link; nothing was written`);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

async function remove(top: string, path: string): Promise<void> {
  await rm(join(top, path), { force: true });
  // Git knows no empty folders.
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const emptied = await rmdir(join(top, folder)).then(
      () => true,
      () => false,
    );
    if (!emptied) return;
  }
}

async function write(top: string, { path, after: entry }: FileChange, { tree, objects }: RenderSource): Promise<void> {
  const file = join(top, path);
  await mkdir(dirname(file), { recursive: true });
  if (entry?.kind === "link") {
    const target = await objects.read(entry.oid);
    await rm(file, { force: true });
    await symlink(Buffer.from(target?.bytes ?? []).toString(), file);
    return;
  }
  if (entry?.kind !== "file") {
    throw new UserError("refused", `${path} is a submodule and cannot be written here`, {
      fix: "Check it out by hand.",
    });
  }
  const bytes = await tree.read(path, 1 << 28);
  if (bytes === undefined) throw new UserError("input", `the repository lacks the content of ${path}`);
  if ((await exists(file)) && (await lstat(file)).isSymbolicLink()) await rm(file);
  await writeFile(file, bytes);
  const { mode } = await lstat(file);
  await chmod(file, entry.executable ? mode | 0o111 : mode & ~0o111);
}
