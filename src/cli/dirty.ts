import { existsSync } from "node:fs";
import { join } from "node:path";
import { count } from "../model/text/lists.ts";
import type { Tree } from "../model/tree.ts";
import { configFile } from "../targets/index.ts";
import type { Git, Located } from "./git.ts";
import { oneLine, type Style } from "./style.ts";

const maxShown = 10;
/** A name that people write for the configuration, and that Sluice does not read. */
const otherName = ".sluice.yml";

/** Files of the work tree that are not committed as they are; none in a bare repository. */
export async function uncommitted(place: Located, git: Git): Promise<readonly string[]> {
  if (place.top === undefined) return [];
  const out = await git(["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"], {
    cwd: place.top,
  });
  return out
    .split("\0")
    .filter((entry) => entry.length > 3)
    .map((entry) => entry.slice(3));
}

/** What to say of files that are not committed where a commit is compared. */
export function uncommittedWarning(files: readonly string[], paint: Style): readonly string[] {
  if (files.length === 0) return [];
  const [is, it] = files.length === 1 ? ["is", "it is"] : ["are", "they are"];
  const listed = files.slice(0, maxShown).map((file) => `           ${oneLine(file)}`);
  const more = files.length - listed.length;
  return [
    `${paint.yellow("warning:")} ${count(files.length, "changed file")} ${is} not committed, so ${it} not compared:`,
    ...listed,
    ...(more > 0 ? [`           and ${more} more`] : []),
    "         Compare the files as they are: --worktree",
  ];
}

/** A configuration that is there and has no effect, as a reader of `tree` would not know; `undefined` where none is. */
export async function idleConfiguration(
  place: Located,
  tree: Tree,
): Promise<{ readonly what: string; readonly fix: string } | undefined> {
  if ((await tree.at(configFile)) !== undefined) return undefined;
  const inWorkTree = (name: string) => place.top !== undefined && existsSync(join(place.top, name));
  if (inWorkTree(configFile)) {
    return { what: `${configFile} is here but not committed`, fix: `git add ${configFile} && git commit` };
  }
  if (inWorkTree(otherName) || (await tree.at(otherName)) !== undefined) {
    return { what: `${otherName} has no effect, the name is ${configFile}`, fix: `git mv ${otherName} ${configFile}` };
  }
  return undefined;
}

/** The same as lines of a warning. */
export async function configurationWarning(place: Located, tree: Tree, paint: Style): Promise<readonly string[]> {
  const idle = await idleConfiguration(place, tree);
  return idle === undefined ? [] : [`${paint.yellow("warning:")} ${idle.what}`, `fix:     ${idle.fix}`];
}
