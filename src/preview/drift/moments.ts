import type { Render, Renderer } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { ComparedTarget, ComparedTrees } from "../affected.ts";

type Rendered = Extract<Render, { readonly ok: true }>;

/** One target at three moments. The same render stands where the target's inputs are the same. */
export interface TargetMoments {
  /** `undefined` when the target does not exist there; a failed render when it does not render there. */
  readonly mergeBase: Render | undefined;
  readonly head: Rendered;
  /** At the tip of the base branch; as at the merge base when it does not render there. */
  readonly tip: Rendered | undefined;
}

/** What targets are rendered from. */
export interface MomentSources {
  readonly renderer: Renderer;
  readonly trees: ComparedTrees;
  readonly signal: AbortSignal;
}

/**
 * Gives targets at their three moments, each once, from what the preview rendered already. What it did not render is
 * asked of the renderer, which has most of it. `undefined` for a target that does not render at the head.
 */
export function momentReader(
  compared: readonly ComparedTarget[],
  sources: MomentSources,
): (target: Target) => Promise<TargetMoments | undefined> {
  const known = new Map<string, Promise<TargetMoments | undefined>>();
  const sideBySide = new Map(compared.map((one) => [one.target.id, one]));
  return (target) => {
    const moments = known.get(target.id) ?? read(target, sideBySide.get(target.id), sources);
    known.set(target.id, moments);
    return moments;
  };
}

async function read(
  target: Target,
  compared: ComparedTarget | undefined,
  { renderer, trees, signal }: MomentSources,
): Promise<TargetMoments | undefined> {
  const affected = compared?.affected === true ? compared : undefined;
  const head = affected === undefined ? await renderer.render(target.render, trees.head, signal) : affected.head;
  if (!head?.ok) return undefined;
  const mergeBase = affected === undefined ? head : affected.base;
  const before = mergeBase?.ok === true ? mergeBase : undefined;
  const moved = trees.tip.tree.oid !== trees.base.tree.oid;
  const now = moved ? await renderer.render(target.render, trees.tip, signal) : undefined;
  return { mergeBase, head, tip: now?.ok === true ? now : before };
}
