import { isMounted } from "../model/mount.ts";
import type { Move } from "../model/preview.ts";
import type { Render, Renderer, RenderSource } from "../model/render.ts";
import { specText, type Target } from "../model/target.ts";
import { traceHolds } from "../model/trace.ts";
import { type Budget, heldBy } from "./budget.ts";
import type { Inputs } from "./inputs/kept-repository.ts";
import type { TargetPair } from "./plan.ts";
import { reachOf } from "./reach.ts";

/**
 * What one target gives at the base and at the head. Renders are there only for affected targets, and only where the
 * target exists.
 */
export type ComparedTarget =
  | {
      readonly target: Target;
      readonly affected: false;
      /** The target as the base has it, where something of its place is another one. */
      readonly before?: Target;
      readonly moves?: readonly Move[];
    }
  | {
      readonly target: Target;
      readonly affected: true;
      readonly base: Render | undefined;
      readonly head: Render | undefined;
      /** Where a render stopped early: the paths that it may depend on; see `reachOf`. */
      readonly reached?: ReadonlySet<string>;
      /** The same renders several times more, where they may hold random values. */
      readonly again?: { readonly base: readonly Render[]; readonly head: readonly Render[] };
      /** The target as the base has it, where that is another one. */
      readonly before?: Target;
      /** What of its place is another one; see `movesOf`. */
      readonly moves?: readonly Move[];
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

/** What decides whether a target is affected. */
export interface Evidence {
  readonly renderer: Renderer;
  readonly trees: ComparedTrees;
  readonly inputs: Inputs;
  readonly signal: AbortSignal;
}

/** Whether a change cannot have touched a target, by what is known of its inputs without a look at its own trace. */
export function untouched({ base, head }: TargetPair, inputs: Inputs): boolean {
  if (base === undefined || head === undefined || !rendersAlike(base, head)) return false;
  return inputs.of(base.render) === "same";
}

/**
 * Decides by traces whether a target is affected, and renders it at the base and at the head if so. A target that no
 * trace is known of is rendered once to get one. One whose render stops early has read only a part of its files: it is
 * affected as soon as anything differs that it may depend on. One for which the budget has no room is not rendered.
 */
export async function previewPair(pair: TargetPair, evidence: Evidence, budget: Budget): Promise<ComparedTarget> {
  const { renderer, trees, signal } = evidence;
  const target = pair.head ?? pair.shown ?? pair.base;
  if (
    pair.base !== undefined &&
    pair.head !== undefined &&
    rendersAlike(pair.base, pair.head) &&
    (await sameInputs(pair.base, evidence))
  ) {
    return { target, affected: false };
  }
  const exceeded = async (): Promise<Affected> => {
    const reached = await reachedIn(target, trees);
    return { target, affected: true, ...budget.exceeded(pair.head === undefined), reached };
  };
  if (!budget.isOpen) return exceeded();
  const atHead = async () => pair.head && renderer.render(pair.head.render, trees.head, signal);
  const [base, first] = await Promise.all([
    pair.base === undefined ? undefined : renderer.render(pair.base.render, trees.base, signal),
    atHead(),
  ]);
  // What only a render finds may be fetched when the base's render has found it too, which may be later.
  const head = base !== undefined && isRefused(first) ? await atHead() : first;
  const reached = [base, head].some((side) => side !== undefined && !isWhole(side))
    ? await reachedIn(target, trees)
    : undefined;
  const affected: Affected = {
    ...{ target, affected: true, base, head },
    ...(reached === undefined ? {} : { reached }),
    ...(pair.base === undefined || (pair.head === undefined && pair.shown === undefined) ? {} : { before: pair.base }),
    ...movedFrom(pair),
  };
  return budget.take(heldBy(base, head)) ? affected : exceeded();
}

function isRefused(render: Render | undefined): boolean {
  return render?.unpinned.some(({ failure }) => failure === "not-allowed") ?? false;
}

function rendersAlike(base: Target, head: Target): boolean {
  return base === head || specText(base.render) === specText(head.render);
}

function movedFrom({ base, head }: TargetPair): Pick<Affected, "movedFrom"> {
  if (base === undefined || head === undefined || base.render.path === head.render.path) return {};
  // The place of what is fetched holds its version.
  const isFetched = isMounted(base.render.path) || isMounted(head.render.path);
  return isFetched ? {} : { movedFrom: base.render.path };
}

/** Whether everything that the target's render looks up gives the same answers at the base and at the head. */
async function sameInputs(target: Target, { renderer, trees, inputs, signal }: Evidence): Promise<boolean> {
  const known = inputs.of(target.render);
  if (known !== "unknown") return known === "same";
  const atBase = await renderer.known(target.render, trees.base);
  if (atBase !== undefined) {
    inputs.learn(target.render, atBase);
    return traceHolds(atBase, trees.head.tree);
  }
  const atHead = await renderer.known(target.render, trees.head);
  if (atHead !== undefined) return traceHolds(atHead, trees.base.tree);
  const render = await renderer.render(target.render, trees.base, signal);
  if (isWhole(render)) inputs.learn(target.render, render.trace);
  if (!(await traceHolds(render.trace, trees.head.tree))) return false;
  return isWhole(render) || sameReach(await reachedIn(target, trees), trees);
}

/** Whether a render read everything that it depends on. One that failed stopped somewhere. */
function isWhole(render: Render): boolean {
  return render.ok || render.partial !== undefined;
}

async function reachedIn({ render }: Target, { base, head }: ComparedTrees): Promise<ReadonlySet<string>> {
  const [before, after] = await Promise.all([reachOf(render, base), reachOf(render, head)]);
  return before.union(after);
}

async function sameReach(reached: ReadonlySet<string>, { base, head }: ComparedTrees): Promise<boolean> {
  for (const path of reached) {
    const [before, after] = await Promise.all([base.tree.at(path), head.tree.at(path)]);
    if (before?.oid !== after?.oid) return false;
  }
  return !reached.has("");
}
