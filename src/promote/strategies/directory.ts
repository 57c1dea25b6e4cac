import { bareEntry, sameEntry } from "../../change/entries.ts";
import type { ChangePlan } from "../../change/rendered-target.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import { UserError } from "../../model/errors.ts";
import { joinPath } from "../../model/paths.ts";
import type { Target } from "../../model/target.ts";
import { codeList } from "../../model/text/markdown.ts";
import type { Tree, TreeChange, TreeEntry } from "../../model/tree.ts";
import { matchesGlob } from "../../targets/patterns.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Carries the source's folder as it is: every file by its Git id, with its mode, what the source lacks deleted, and
 * what `exclude` matches left alone in both. A folder in which nothing is left out is carried as one entry.
 */
export async function planDirectory({ pair, source, target }: StrategyInput): Promise<ChangePlan> {
  const [from, to] = [pair.source.render.path, pair.target.render.path];
  checkFolders(pair.source, pair.target);
  const globs = (pair.settings.exclude ?? []).map((glob) => fillTemplate(glob, pair.target));
  const [there, here] = await Promise.all([matching(source.at.tree, from, globs), matching(target.at.tree, to, globs)]);
  const left = [...new Set([...there, ...here])].sort();
  const copy: Copy = { source: source.at.tree, target: target.at.tree, from, to, left, changes: [] };
  await openPromotion(copy, "", await copy.source.at(from), await copy.target.at(to));
  const except = left.length === 0 ? "" : `, but for ${codeList(left)}`;
  const was = pair.source.id === pair.target.id ? "was there" : "is";
  const note = `\`${to}\` becomes what \`${from}\` ${was}${except}; whatever that changes in the render is part of the plan.`;
  const short = async (tree: Tree, path: string): Promise<string> => (await tree.at(path))?.oid.slice(0, 12) ?? "";
  const version = {
    image: "directory",
    from: await short(copy.target, to),
    to: await short(copy.source, from),
  };
  return {
    versions: copy.changes.length === 0 ? [] : [version],
    changes: copy.changes,
    notes: copy.changes.length === 0 ? [] : [note],
    expected: undefined,
  };
}

/** A target that takes its own past back is always like itself. */
function checkFolders(source: Target, target: Target): void {
  const [from, to] = [source.render.path, target.render.path];
  if (source.id === target.id) return;
  if (from === to) {
    throw new UserError(
      "refused",
      `${source.id} and ${target.id} are the same folder \`${to}\`: nothing is to be copied`,
      {
        fix: "Use the strategy `images` or `paths` here.",
      },
    );
  }
  if (isBelow(from, to) || isBelow(to, from)) {
    throw new UserError("refused", `one of the folders \`${from}\` and \`${to}\` lies in the other one`, {
      fix: "Use the strategy `images` or `paths` here, or move one of the folders.",
    });
  }
  if (source.render.kind !== target.render.kind) {
    throw new UserError(
      "refused",
      `${source.id} is rendered by ${source.render.kind} and ${target.id} by ${target.render.kind}: a copy would not be the same thing`,
      { fix: "Use the strategy `images` or `paths` here." },
    );
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

interface Copy {
  readonly source: Tree;
  readonly target: Tree;
  readonly from: string;
  readonly to: string;
  /** What `exclude` matches in the source or the target, topmost paths only, relative to the folder. */
  readonly left: readonly string[];
  readonly changes: TreeChange[];
}

async function openPromotion(
  copy: Copy,
  path: string,
  source: TreeEntry | undefined,
  target: TreeEntry | undefined,
): Promise<void> {
  if (sameEntry(source, target) || copy.left.includes(path)) return;
  if (copy.left.some((left) => path === "" || left.startsWith(`${path}/`))) return carryChildren(copy, path);
  const at = joinPath(copy.to, path);
  copy.changes.push(
    source === undefined ? { kind: "delete", path: at } : { kind: "entry", path: at, entry: bareEntry(source) },
  );
}

async function carryChildren(copy: Copy, path: string): Promise<void> {
  const [sources, targets] = await Promise.all([
    copy.source.list(joinPath(copy.from, path)),
    copy.target.list(joinPath(copy.to, path)),
  ]);
  const before = new Map(targets.map((entry) => [entry.name, entry]));
  const after = new Map(sources.map((entry) => [entry.name, entry]));
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    await openPromotion(copy, joinPath(path, name), after.get(name), before.get(name));
  }
}

const maxEntries = 200_000;

/** The topmost paths below a folder that a glob matches. */
async function matching(tree: Tree, folder: string, globs: readonly string[]): Promise<readonly string[]> {
  if (globs.length === 0) return [];
  const found: string[] = [];
  const open = [""];
  let read = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const entry of await tree.list(joinPath(folder, path))) {
      read += 1;
      if (read > maxEntries)
        throw new UserError("limit", `\`${folder}\` holds more than ${maxEntries} files and folders`);
      const at = joinPath(path, entry.name);
      if (globs.some((glob) => matchesGlob(at, glob))) found.push(at);
      else if (entry.kind === "dir") open.push(at);
    }
  }
  return found;
}
