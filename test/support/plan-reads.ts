import type { RenderSource } from "../../src/model/render.ts";
import type { ObjectReader, Tree } from "../../src/model/tree.ts";
import { type PlanReads, type ResolvedTargets, resolveTargets } from "../../src/targets/index.ts";
import { memoryRenderer } from "./memory-renderer.ts";

/** What a plan of targets reads: a renderer in memory, a repository without a name, and nothing remote. */
export function planReads(more: Partial<PlanReads> = {}): PlanReads {
  const repository = { urls: [], branches: [] };
  return { renderer: memoryRenderer(), repository, signal: AbortSignal.timeout(600_000), ...more };
}

const noObjects: ObjectReader = { read: async () => undefined };

/** A tree as renders read it. */
export function sourceOf(tree: Tree & { readonly objects?: ObjectReader }): RenderSource {
  return { tree, objects: tree.objects ?? noObjects };
}

/** The targets of a tree. */
export function targetsIn(text: string | undefined, tree: Tree, file?: string): Promise<ResolvedTargets> {
  return resolveTargets(text, sourceOf(tree), planReads(), file);
}
