import { mapLimit } from "../model/map-limit.ts";
import type { RenderSource } from "../model/render.ts";
import type { ChangedPath, TreeEntry } from "../model/tree.ts";
import { matchesGlob } from "../targets/index.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { isDeployable } from "./deployable.ts";
import { reader } from "./reads.ts";

/** Files that are looked at; of a change of more files the rest counts as deployable, because nobody looked. */
const maxLooked = 2_000;
const atOnce = 16;

/**
 * The changed files, links and submodules that something may deploy and no target reads, at the base or at the head.
 * What matches a glob of `exclude` is left out.
 */
export async function unreadFiles(
  changed: readonly ChangedPath[],
  affected: readonly Affected[],
  trees: ComparedTrees,
  exclude: readonly string[],
): Promise<readonly string[]> {
  const isRead = reader(affected);
  const paths = changed.map(({ path }) => path).filter((path) => !exclude.some((glob) => matchesGlob(path, glob)));
  const sides = await mapLimit(paths, atOnce, (path) => sidesOf(path, trees));
  const rest = paths.flatMap((path, index) => {
    const unread = (sides[index] ?? []).filter(({ entry }) => !isRead(path, entry.kind));
    return unread.length === 0 ? [] : [{ path, unread }];
  });
  const deployable = await mapLimit(rest.slice(0, maxLooked), atOnce, isAnyDeployable);
  return rest.filter((_, index) => deployable[index] ?? true).map(({ path }) => path);
}

/** What stands at a path on one side. */
interface Side {
  readonly entry: TreeEntry;
  readonly source: RenderSource;
}

/** What was there counts as what comes: a manifest that is emptied or deleted is gone from where it was deployed. */
async function sidesOf(path: string, { base, head }: ComparedTrees): Promise<readonly Side[]> {
  const entries = await Promise.all(
    [base, head].map(async (source) => ({ source, entry: await source.tree.at(path) })),
  );
  return entries.flatMap(({ source, entry }) => (entry === undefined ? [] : [{ source, entry }]));
}

async function isAnyDeployable(one: { readonly path: string; readonly unread: readonly Side[] }): Promise<boolean> {
  const { path, unread } = one;
  const found = await Promise.all(unread.map(({ entry, source }) => isDeployable(path, entry, source)));
  return found.includes(true);
}
