import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { UserError } from "../model/errors.ts";
import type { Render, Renderer, RenderFailure, RenderSource } from "../model/render.ts";
import type { RenderSpec, Target } from "../model/target.ts";

/** The targets of another tree, by the same configuration. */
export type Replan = (source: RenderSource, signal: AbortSignal) => Promise<readonly Target[]>;

/** Which plan a target is of, and how that plan is made of another tree. */
interface Planned {
  readonly target: Target;
  readonly plans: LRUCache<string, Promise<readonly Target[]>>;
  /** The trees that have the same plan. */
  readonly same: LRUCache<string, true>;
  readonly replan: Replan;
}

const planned = new WeakMap<RenderSpec, Planned>();

/** Other trees that are remembered with a plan. */
const maxTrees = 64;

/**
 * Remembers how the targets of a plan are found in other trees. What a controller's object says (which chart, which
 * values) is a part of what is rendered, so a target that one declares is another render where its object is another
 * one.
 */
export function rememberPlan(targets: readonly Target[], { tree }: RenderSource, replan: Replan): void {
  const plans = new LRUCache<string, Promise<readonly Target[]>>({ max: maxTrees });
  const same = new LRUCache<string, true>({ max: maxTrees });
  same.set(tree.oid, true);
  for (const target of targets) {
    if (target.declaration !== undefined) planned.set(target.render, { target, plans, same, replan });
  }
}

/** Remembers that the targets of a plan are those of this tree too. */
export function rememberSamePlan(targets: readonly Target[], { tree }: RenderSource): void {
  const declared = targets.find(({ declaration }) => declaration !== undefined);
  if (declared !== undefined) planned.get(declared.render)?.same.set(tree.oid, true);
}

const bare = new WeakMap<object, Renderer>();

/** The renderer without the look at plans: a plan renders what it has found itself. */
export function bareRenderer<Some extends object>(renderer: Some): Some | Renderer {
  return bare.get(renderer) ?? renderer;
}

/**
 * Renders targets as the tree that is asked about declares them, whatever tree they were planned in. One that is not
 * declared there is a failure.
 */
export function replanningRenderer(renderer: Renderer): Renderer {
  const replanning: Renderer = {
    known: async (spec, source) => {
      const found = await knownIn(spec, source);
      return found === undefined ? undefined : renderer.known(found, source);
    },
    render: (spec, source, signal) =>
      inTree(spec, source, signal, (found) => renderer.render(found, source, signal), undeclared),
    fresh: (spec, source, signal) =>
      inTree(spec, source, signal, (found) => renderer.fresh(found, source, signal), undeclared),
    yaml: (spec, source, signal) =>
      inTree(
        spec,
        source,
        signal,
        (found) => renderer.yaml(found, source, signal),
        (target) => {
          throw new UserError("input", undeclared(target).failure.message);
        },
      ),
    close: () => renderer.close(),
  };
  bare.set(replanning, renderer);
  return replanning;
}

/** The spec as the tree has it, where that is known without rendering anything. */
async function knownIn(spec: RenderSpec, { tree }: RenderSource): Promise<RenderSpec | undefined> {
  const own = planned.get(spec);
  if (own === undefined || own.same.get(tree.oid)) return spec;
  return sameTarget(own.target, (await own.plans.get(tree.oid)) ?? [])?.render;
}

async function inTree<Result>(
  spec: RenderSpec,
  source: RenderSource,
  signal: AbortSignal,
  render: (found: RenderSpec) => Promise<Result>,
  otherwise: (target: Target) => Result,
): Promise<Result> {
  const own = planned.get(spec);
  if (own === undefined || own.same.get(source.tree.oid)) return render(spec);
  const found = sameTarget(own.target, await targetsIn(own, source, signal));
  return found === undefined ? otherwise(own.target) : render(found.render);
}

/** A plan that failed, or whose job ended, is made again by whoever asks next. */
function targetsIn({ plans, replan }: Planned, source: RenderSource, signal: AbortSignal): Promise<readonly Target[]> {
  const { oid } = source.tree;
  const there = plans.get(oid);
  if (there !== undefined) return there;
  const made = replan(source, signal);
  plans.set(oid, made);
  made.catch(() => plans.delete(oid));
  return made;
}

/** The target that the same object declares; where the object has another name by now, the one of the same app. */
function sameTarget({ id, declaration }: Target, targets: readonly Target[]): Target | undefined {
  const key = (one: Target["declaration"]): string => JSON.stringify([one?.kind, one?.namespace, one?.name]);
  const ofApp = targets.find((other) => other.id === id);
  const declared = targets.filter((other) => key(other.declaration) === key(declaration));
  return ofApp ?? (declared.length === 1 ? declared[0] : undefined);
}

function undeclared({ id, declaration }: Target): Extract<Render, { readonly ok: false }> {
  const object = declaration === undefined ? id : `${declaration.kind} \`${declaration.name}\``;
  const failure: RenderFailure = { kind: "input", message: `Nothing declares ${id} here: there is no ${object}` };
  const digest = createHash("sha256").update(failure.message).digest("hex");
  return { ok: false, digest, trace: [], unpinned: [], failure };
}
