import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Git } from "../git.ts";
import { installed } from "../installation.ts";

/** Who pushes, and where to. */
export interface Remote {
  readonly url: string;
  readonly login: string;
  readonly token: string;
}

/** A clone with a work tree that commits as a person and pushes over HTTP. */
export interface Clone {
  /**
   * Commits the edits on a new branch off the remote's `main` and pushes it. Each edit is a file's new text, made
   * from the old one; `undefined` deletes it.
   */
  pushBranch(branch: string, message: string, edits: Edits): Promise<void>;
}

/** Files by path, with what becomes of each. */
export type Edits = Readonly<Record<string, (text: string) => string | undefined>>;

/**
 * Makes a clone in `folder` with the edited sample (a folder of `examples`) as its first commit, pushed to `main`. The
 * address that the sample has on GitHub becomes that of the local one.
 */
export async function pushSample(
  folder: string,
  { sample, edits = {}, address }: { readonly sample: string; readonly edits?: Edits; readonly address?: string },
  remote: Remote,
  git: Git,
): Promise<Clone> {
  await mkdir(folder, { recursive: true });
  const from = installed("examples", sample);
  for (const name of await readdir(from)) await cp(join(from, name), join(folder, name), { recursive: true });
  if (address !== undefined) await replaceIn(folder, address, remote.url);
  for (const [path, edit] of Object.entries(edits)) await change(join(folder, path), edit);
  const run = (...args: readonly string[]) => git(args, { cwd: folder, env: environment(remote) });
  await run("init", "--quiet", "--initial-branch=main");
  await run("add", "--all");
  await run("commit", "--quiet", "--message", "Add the shop");
  await run("remote", "add", "origin", remote.url);
  await run("push", "--quiet", "origin", "main");
  return {
    async pushBranch(branch, message, edits) {
      await run("fetch", "--quiet", "origin", "main");
      await run("switch", "--quiet", "--no-track", "--create", branch, "origin/main");
      for (const [path, edit] of Object.entries(edits)) await change(join(folder, path), edit);
      await run("add", "--all");
      await run("commit", "--quiet", "--message", message);
      await run("push", "--quiet", "origin", branch);
    },
  };
}

async function replaceIn(folder: string, address: string, by: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) {
    const text = await readFile(file, "utf8");
    if (text.includes(address))
      await writeFile(
        file,
        text.replaceAll(address, () => by),
      );
  }
}

async function change(file: string, edit: (text: string) => string | undefined): Promise<void> {
  const text = edit(await readFile(file, "utf8").catch(emptyWhenMissing));
  if (text === undefined) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}

/** The person's own git settings stay out of it; the token goes where no process list shows it. */
function environment({ url, login, token }: Remote): Record<string, string> {
  const basic = Buffer.from(`${login}:${token}`).toString("base64");
  return {
    GIT_AUTHOR_NAME: login,
    GIT_AUTHOR_EMAIL: `${login}@example.com`,
    GIT_COMMITTER_NAME: login,
    GIT_COMMITTER_EMAIL: `${login}@example.com`,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
