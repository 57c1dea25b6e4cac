import { detectRenderer } from "../discovery/index.ts";
import { joinPath } from "../model/paths.ts";
import type { RenderSpec, Target } from "../model/target.ts";
import type { Tree } from "../model/tree.ts";
import type { ComparedTrees } from "./affected.ts";
import type { TargetPair } from "./plan.ts";

/** The files by which a folder is a kustomization or a chart. */
const entryFiles = ["kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml"];

/**
 * Takes the pairs out that only discovery sees come or go, while their folders are there before and after: a base that
 * lost its last user is no new target, and one that found a user is not gone. One whose own kustomization made it a
 * target is compared with what it gave before. So is, where controllers are followed, every folder in which something
 * changed: it may be what a controller read, and reads no more.
 */
export async function withoutPhantoms(
  pairs: readonly TargetPair[],
  trees: ComparedTrees,
): Promise<readonly TargetPair[]> {
  const followed = pairs.some(({ base, head }) => (base ?? head)?.declaration !== undefined);
  const settled = await Promise.all(pairs.map((pair) => settle(pair, trees, followed)));
  return settled.filter((pair) => pair !== undefined);
}

async function settle(pair: TargetPair, trees: ComparedTrees, followed: boolean): Promise<TargetPair | undefined> {
  const [before, after] = [trees.base.tree, trees.head.tree];
  if (pair.head === undefined) return (await renders(pair.base.render, after)) ? undefined : pair;
  if (pair.base !== undefined || !(await renders(pair.head.render, before))) return pair;
  const isSame = await sameAt(pair.head.render.path, before, after);
  if (pair.head.render.kind === "plain" && !followed) return isSame ? undefined : pair;
  const changed = followed ? !isSame : await entryChanged(pair.head, before, after);
  return changed ? { id: pair.id, base: pair.head, head: pair.head } : undefined;
}

/** Whether a folder is there for a render of this kind, with the values that it asks for. */
async function renders(spec: RenderSpec, tree: Tree): Promise<boolean> {
  if (detectRenderer(await tree.list(spec.path)) !== spec.kind) return false;
  const files = spec.kind === "helm" ? (spec.options.valueFiles ?? []) : [];
  const entries = await Promise.all(files.map((file) => tree.at(file)));
  return entries.every((entry) => entry !== undefined);
}

async function entryChanged({ render }: Target, before: Tree, after: Tree): Promise<boolean> {
  const same = await Promise.all(entryFiles.map((name) => sameAt(joinPath(render.path, name), before, after)));
  return same.includes(false);
}

async function sameAt(path: string, before: Tree, after: Tree): Promise<boolean> {
  const [old, fresh] = await Promise.all([before.at(path), after.at(path)]);
  return old?.oid === fresh?.oid;
}
