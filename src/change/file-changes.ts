import { diffLines } from "../diff/lines.ts";
import { UserError } from "../model/errors.ts";
import { joinPath } from "../model/paths.ts";
import type { LineEdit } from "../model/promotion.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import { sameEntry } from "./entries.ts";

/** A file, link or submodule that differs between two trees. */
export interface FileChange {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

const maxChanges = 20_000;

/** What differs at and below some paths of two trees, by path. More than 20,000 files are a `limit` UserError. */
export async function fileChanges(before: Tree, after: Tree, paths: readonly string[]): Promise<readonly FileChange[]> {
  const found: FileChange[] = [];
  for (const path of paths) await compare(before, after, path, await before.at(path), await after.at(path), found);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function compare(
  before: Tree,
  after: Tree,
  path: string,
  old: TreeEntry | undefined,
  fresh: TreeEntry | undefined,
  found: FileChange[],
): Promise<void> {
  if (sameEntry(old, fresh)) return;
  if (found.length >= maxChanges) {
    throw new UserError("limit", `more than ${maxChanges} files would change`, {
      fix: "Narrow what is carried with `exclude`.",
    });
  }
  const leaf = (entry: TreeEntry | undefined): TreeEntry | undefined => (entry?.kind === "dir" ? undefined : entry);
  if (leaf(old) !== undefined || leaf(fresh) !== undefined) found.push({ path, before: leaf(old), after: leaf(fresh) });
  if (old?.kind !== "dir" && fresh?.kind !== "dir") return;
  const [olds, freshes] = await Promise.all([before.list(path), after.list(path)]);
  const was = new Map(olds.map((entry) => [entry.name, entry]));
  const is = new Map(freshes.map((entry) => [entry.name, entry]));
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    await compare(before, after, joinPath(path, name), was.get(name), is.get(name), found);
  }
}

/** The changed lines of files of two trees, at most `most` of them. */
export async function lineEditsOf(
  before: Tree,
  after: Tree,
  changes: readonly FileChange[],
  max: number,
): Promise<readonly LineEdit[]> {
  const edits: LineEdit[] = [];
  for (const change of changes) {
    if (edits.length >= max) break;
    edits.push(...(await editsOf(before, after, change)));
  }
  return edits.slice(0, max);
}

async function editsOf(before: Tree, after: Tree, change: FileChange): Promise<readonly LineEdit[]> {
  const [old, fresh] = await Promise.all([
    textOf(before, change.path, change.before),
    textOf(after, change.path, change.after),
  ]);
  const modes = modeEdit(change);
  if (typeof old !== "string" || typeof fresh !== "string") {
    return [{ file: change.path, line: 1, before: whole(change.before, old), after: whole(change.after, fresh) }];
  }
  return [...modes, ...lineEdits(change.path, old, fresh)];
}

/** The text of a file, `undefined` for what has no lines: links, submodules, binary and large files. */
async function textOf(tree: Tree, path: string, entry: TreeEntry | undefined): Promise<string | undefined> {
  if (entry === undefined) return "";
  if (entry.kind !== "file") return undefined;
  const bytes = await tree.read(path, 1 << 20).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "limit") return undefined;
    throw error;
  });
  if (bytes === undefined || bytes.includes(0)) return undefined;
  return new TextDecoder().decode(bytes);
}

function whole(entry: TreeEntry | undefined, text: string | undefined): string {
  if (entry === undefined) return "";
  const what = {
    file: text === undefined ? "binary or large file" : "text",
    dir: "folder",
    link: "link",
    module: "submodule",
  };
  return `(${what[entry.kind]} ${entry.oid.slice(0, 12)})`;
}

function modeEdit({ path, before, after }: FileChange): readonly LineEdit[] {
  if (before?.kind !== "file" || after?.kind !== "file" || before.executable === after.executable) return [];
  const mode = (executable: boolean): string => `(mode ${executable ? "100755" : "100644"})`;
  return [{ file: path, line: 1, before: mode(before.executable), after: mode(after.executable) }];
}

function lineEdits(file: string, before: string, after: string): readonly LineEdit[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  return diffLines(old, fresh).flatMap((block) => {
    const size = Math.max(block.baseEnd - block.baseStart, block.headEnd - block.headStart);
    return Array.from({ length: size }, (_, index): LineEdit => {
      const [was, is] = [block.baseStart + index, block.headStart + index];
      return {
        file,
        line: Math.min(is, block.headEnd) + 1,
        before: was < block.baseEnd ? (old[was] ?? "") : "",
        after: is < block.headEnd ? (fresh[is] ?? "") : "",
      };
    });
  });
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
