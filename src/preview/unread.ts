import { mapLimit } from "../model/map-limit.ts";
import { isAtOrBelow, lastName, parentPath } from "../model/paths.ts";
import type { Render, RenderSource, Trace } from "../model/render.ts";
import type { PlainOptions, RenderSpec, Target } from "../model/target.ts";
import type { ChangedPath, TreeEntry } from "../model/tree.ts";
import { matchesGlob } from "../targets/index.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { isDeployable, isToolSetting } from "./deployable.ts";
import { isReached } from "./reach.ts";

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
    const unread = (sides[index] ?? []).filter(({ entry }) => !isRead(path, entry));
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

/** A folder that a render reads, and which of the files below, by their paths there. */
interface ReadFolder {
  readonly path: string;
  reads(relative: string): boolean;
}

/**
 * Whether what stands at a path is among what the affected targets read: no other target reads a changed file. A render
 * of a whole folder passes over links and submodules below, and one of plain manifests over other files too.
 */
function reader(affected: readonly Affected[]): (path: string, entry: TreeEntry) => boolean {
  const lookups = affected.flatMap(lookupsOf);
  const exact = new Set(lookups.flatMap(({ path, kind }) => (kind === "tree" || kind === "dir" ? [] : [path])));
  const trees = lookups.filter(({ kind }) => kind === "tree");
  const whole = new Set(trees.flatMap(({ path, render }) => (render.kind === "plain" ? [] : [path])));
  const plain = trees.flatMap(({ path, render }): readonly ReadFolder[] =>
    render.kind === "plain" ? [{ path, reads: (relative) => isPlainInput(relative, render.options) }] : [],
  );
  const reached = new Set(affected.flatMap((one) => [...(one.reached ?? [])]));
  return (path, { kind }) => {
    if (isToolSetting(path)) return false;
    if (exact.has(path) || isReached(path, reached)) return true;
    return kind === "file" && (isReached(path, whole) || plain.some((folder) => readsBelow(folder, path)));
  };
}

interface Lookup {
  readonly path: string;
  readonly kind: Trace[number][1];
  readonly render: RenderSpec;
}

function lookupsOf({ target, before = target, base, head }: Affected): readonly Lookup[] {
  const of = (side: Render | undefined, { render }: Target): readonly Lookup[] =>
    (side?.trace ?? []).map(([path, kind]) => ({ path, kind, render }));
  return [...of(base, before), ...of(head, target)];
}

function readsBelow(folder: ReadFolder, path: string): boolean {
  const { length } = folder.path;
  return isAtOrBelow(path, folder.path) && folder.reads(length === 0 ? path : path.slice(length + 1));
}

/**
 * Whether a render of plain manifests reads a file, or is told not to by `include` and `exclude`; the engine's rules
 * are in `internal/plain`.
 */
function isPlainInput(relative: string, { recurse = true }: PlainOptions): boolean {
  if (relative.split("/").some((name) => name.startsWith("."))) return false;
  return /\.(?:ya?ml|json)$/.test(lastName(relative)) && (recurse || parentPath(relative) === "");
}
