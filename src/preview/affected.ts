import type { Render, Renderer, RenderSource, Trace } from "../model/render.ts";
import { specText, type Target } from "../model/target.ts";
import { traceHolds } from "../model/trace.ts";
import type { TargetPair } from "./plan.ts";

/**
 * What one target gives at the base and at the head. Renders are there only for affected targets, and only where the
 * target exists.
 */
export type ComparedTarget =
  | { readonly target: Target; readonly affected: false }
  | {
      readonly target: Target;
      readonly affected: true;
      readonly base: Render | undefined;
      readonly head: Render | undefined;
      /** The same renders once more, where they may hold random values. */
      readonly again?: { readonly base: Render | undefined; readonly head: Render | undefined };
      /** The target as the base has it, where that is another one. */
      readonly before?: Target;
      /** The path at the base, where the folder was moved. */
      readonly movedFrom?: string;
      /** Of a folder that was moved: how many resources there are, where all keep their identities. */
      readonly sameIdentities?: number;
    };

/** A target with a changed input. */
export type Affected = Extract<ComparedTarget, { affected: true }>;

/** The trees of a comparison. */
export interface ComparedTrees {
  /** At the merge base. */
  readonly base: RenderSource;
  readonly head: RenderSource;
  /** At the tip of the base branch, which may have moved on since the merge base. */
  readonly tip: RenderSource;
}

/**
 * Decides by traces whether a target is affected, and renders it at the base and at the head if so. A target that no
 * trace is known of is rendered once to get one.
 */
export async function previewPair(
  pair: TargetPair,
  renderer: Renderer,
  trees: ComparedTrees,
  signal: AbortSignal,
): Promise<ComparedTarget> {
  if (pair.head === undefined) {
    const base = await renderer.render(pair.base.render, trees.base, signal);
    return { target: pair.base, affected: true, base, head: undefined };
  }
  if (pair.base === undefined) {
    const head = await renderer.render(pair.head.render, trees.head, signal);
    return { target: pair.head, affected: true, base: undefined, head };
  }
  if (
    specText(pair.base.render) === specText(pair.head.render) &&
    (await sameInputs(pair.base, renderer, trees, signal))
  ) {
    return { target: pair.head, affected: false };
  }
  const [base, head] = await Promise.all([
    renderer.render(pair.base.render, trees.base, signal),
    renderer.render(pair.head.render, trees.head, signal),
  ]);
  const moved = pair.base.render.path === pair.head.render.path ? {} : { movedFrom: pair.base.render.path };
  return { target: pair.head, affected: true, base, head, before: pair.base, ...moved };
}

/** Whether everything that the target's render looks up gives the same answers at the base and at the head. */
async function sameInputs(
  target: Target,
  renderer: Renderer,
  trees: ComparedTrees,
  signal: AbortSignal,
): Promise<boolean> {
  if (trees.base.tree.oid === trees.head.tree.oid) return true;
  const atBase = await renderer.known(target.render, trees.base);
  if (atBase !== undefined) return traceHolds(atBase, trees.head.tree);
  const atHead = await renderer.known(target.render, trees.head);
  if (atHead !== undefined) return traceHolds(atHead, trees.base.tree);
  const render = await renderer.render(target.render, trees.base, signal);
  return reliable(render) && (await traceHolds(render.trace, trees.head.tree));
}

/** A render that was killed or crashed looked up only a part of its inputs, so its trace proves nothing. */
function reliable(render: Render): render is Render & { readonly trace: Trace } {
  return render.ok || render.failure.kind === "input" || render.failure.kind === "refused";
}
