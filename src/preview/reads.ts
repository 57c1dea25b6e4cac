import { isAtOrBelow, lastName, parentPath } from "../model/paths.ts";
import type { Render, Trace } from "../model/render.ts";
import type { PlainOptions, RenderSpec, Target } from "../model/target.ts";
import type { TreeEntry } from "../model/tree.ts";
import type { Affected } from "./affected.ts";
import { isToolSetting } from "./deployable.ts";
import { isReached } from "./reach.ts";

/** A folder that a render reads, and which of the files below, by their paths there. */
interface ReadFolder {
  readonly path: string;
  reads(relative: string): boolean;
}

/**
 * Whether what stands at a path is among what the affected targets read: no other target reads a changed file. A render
 * of a whole folder passes over links and submodules below, and one of plain manifests over other files too.
 */
export function reader(affected: readonly Affected[]): (path: string, kind: TreeEntry["kind"]) => boolean {
  const lookups = affected.flatMap(lookupsOf);
  const exact = new Set(lookups.flatMap(({ path, kind }) => (kind === "tree" || kind === "dir" ? [] : [path])));
  const trees = lookups.filter(({ kind }) => kind === "tree");
  const whole = new Set(trees.flatMap(({ path, render }) => (render.kind === "plain" ? [] : [path])));
  const plain = trees.flatMap(({ path, render }): readonly ReadFolder[] =>
    render.kind === "plain" ? [{ path, reads: (relative) => isPlainInput(relative, render.options) }] : [],
  );
  const reached = new Set(affected.flatMap((one) => [...(one.reached ?? [])]));
  return (path, kind) => {
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
