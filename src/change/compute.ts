import { stageChanges } from "../edit/staged-tree.ts";
import { UserError } from "../model/errors.ts";
import { mapLimit } from "../model/map-limit.ts";
import type { LineEdit, TargetPromotion, VersionChange } from "../model/promotion.ts";
import type { Render, Renderer, RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import { count } from "../model/text/lists.ts";
import { codeList } from "../model/text/markdown.ts";
import type { Repository, TreeChange } from "../model/tree.ts";
import { CombinedChanges } from "./combined-changes.ts";
import { type Dependents, openDependents } from "./dependents.ts";
import { type FileChange, fileChanges, lineEditsOf } from "./file-changes.ts";
import { changedTargets } from "./ownership.ts";
import { prove } from "./proof/prove.ts";
import type { ChangePlan, PlannedChange, Probe, RenderedTarget } from "./rendered-target.ts";
import { already, doesNotRender, planned, refusedBy, unexplained, wouldTouch } from "./results.ts";
import { changedImages } from "./versions.ts";

/** One target with what is to be done to it. */
export interface Intent {
  readonly target: Target;
  /** Says what is to change. The target is as it is at the base; its render is under way when this is called. */
  plan(rendered: Promise<RenderedTarget>, dependents: Dependents, probe: Probe): Promise<ChangePlan>;
}

/** What is to be changed where. */
export interface ChangeInput {
  readonly repository: Repository;
  /** The commit whose files are edited. */
  readonly base: string;
  readonly intents: readonly Intent[];
  /** Every target of the repository at the base: none of the others may change. */
  readonly allTargets: readonly Target[];
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ChangeProgress) => void;
}

/** How far a plan has come. */
export interface ChangeProgress {
  readonly phase: "plan" | "dependents";
  readonly done: number;
  readonly total: number;
}

/** A target's renders at the base, and with the whole plan carried out. */
export interface BeforeAndAfter {
  readonly before: Render;
  readonly after: Render;
}

/** What carries a plan out. */
export interface ProvenChange {
  /** Of the files at the base; sorted by path. */
  readonly changes: readonly TreeChange[];
  /** The root tree of the base with the changes applied. */
  readonly tree: string;
}

/** A proven plan. */
export interface ComputedChange extends ProvenChange {
  /** In the order of the intents. */
  readonly targets: readonly TargetPromotion[];
  /** By the target's id; planned targets only. */
  readonly renders: ReadonlyMap<string, BeforeAndAfter>;
}

/** How many targets are worked on at once; the renderer has its own bound. */
const atOnce = 16;

/** How many changed lines of whole files a target lists. */
const maxLines = 500;

/**
 * Plans changes of targets, proves them by rendering, and says what they do. A target that cannot be planned is refused
 * with the reason and leaves the others alone. Rejects with the ports' errors and when `signal` aborts. The same input
 * gives the same plan.
 */
export async function computeChange(input: ChangeInput): Promise<ComputedChange> {
  const { repository, renderer, signal, onProgress } = input;
  const base = await sourceAt(repository, input.base);
  const dependents = openDependents({
    targets: input.allTargets,
    renderer,
    base,
    signal,
    onProgress: (done, total) => onProgress?.({ phase: "dependents", done, total }),
  });
  const work: Work = { base, renderer, signal, dependents };
  let done = 0;
  const computed = await mapLimit(input.intents, atOnce, async (intent) => {
    const result = await computeTarget(intent, work);
    done += 1;
    onProgress?.({ phase: "plan", done, total: input.intents.length });
    return result;
  });
  return combinePlans(work, computed);
}

interface Work {
  readonly base: RenderSource;
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  readonly dependents: Dependents;
}

interface ComputedTarget {
  readonly target: Target;
  readonly result: TargetPromotion;
  readonly changes: readonly PlannedChange[];
  readonly renders?: BeforeAndAfter;
}

/** A commit's files, as renders read them. */
export async function sourceAt(repository: Repository, commit: string): Promise<RenderSource> {
  return { tree: await repository.tree(commit), objects: repository.objects };
}

async function computeTarget({ target, plan }: Intent, work: Work): Promise<ComputedTarget> {
  let versions: ChangePlan["versions"] = [];
  try {
    const opening = renderTarget(target, work.base, work);
    // A plan that fails before it needs the render says why; the render's own failure then says nothing more.
    opening.catch(() => undefined);
    const wanted = await plan(opening, work.dependents, probeOf(opening, work));
    versions = wanted.versions;
    const { changes } = wanted;
    if (changes.length === 0) return { target, result: already(target, wanted.notes), changes };
    const proven = await carryOut(await opening, wanted, work);
    const result = planned(target, {
      // What runs is said first; how a whole folder is called is a detail.
      images: [...proven.images, ...wanted.versions],
      edits: proven.edits,
      notes: [...wanted.notes, ...proven.notes],
    });
    return { target, result, changes, renders: proven.renders };
  } catch (error) {
    work.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { target, result: refusedBy(target, error, versions), changes: [] };
  }
}

function probeOf(opening: Promise<RenderedTarget>, { base, renderer, signal }: Work): Probe {
  return async (changes) => {
    const { target, render } = await opening;
    const after = await renderer.render(target.render, await stageChanges(base, changes), signal);
    return after.digest !== render.digest;
  };
}

/** A target with its render. A target that does not render is a `refused` UserError. */
export async function renderTarget(
  target: Target,
  at: RenderSource,
  { renderer, signal }: { readonly renderer: Renderer; readonly signal: AbortSignal },
): Promise<RenderedTarget> {
  const render = await renderer.render(target.render, at, signal);
  if (!render.ok) throw doesNotRender(`${target.id} does not render`, render.failure);
  return { target, at, render };
}

interface Proven {
  readonly renders: BeforeAndAfter;
  /** Images that change with whole files. */
  readonly images: readonly VersionChange[];
  readonly edits: readonly LineEdit[];
  readonly notes: readonly string[];
}

/** Renders the target with the changes, holds that to what was planned, and checks all others who read what changes. */
async function carryOut({ target, render: before }: RenderedTarget, wanted: ChangePlan, work: Work): Promise<Proven> {
  const at = await stageChanges(work.base, wanted.changes);
  const after = await work.renderer.render(target.render, at, work.signal);
  if (!after.ok) throw doesNotRender(`with the new version ${target.id} would not render`, after.failure);
  wanted.guard?.(before.resources(), after.resources());
  const files = await fileChanges(work.base.tree, at.tree, [...new Set(wanted.changes.map(({ path }) => path))]);
  const others = await othersOf(target, files, at, work);
  const proof = wanted.expected && prove(before.resources(), after.resources(), wanted.expected);
  if (proof !== undefined && proof.unexplained.length > 0) throw unexplained(proof.unexplained, wanted.fix);
  const edits = await lineEditsOf(work.base.tree, at.tree, files, maxLines + 1);
  return {
    renders: { before, after },
    images: wanted.expected === undefined ? changedImages(before.resources(), after.resources()) : [],
    edits: edits.slice(0, maxLines),
    notes: [
      ...others,
      ...(wanted.remarks?.(after.resources()) ?? []),
      ...(edits.length > maxLines
        ? [`More than ${maxLines} lines change in ${count(files.length, "file")}; the first are listed.`]
        : []),
      ...(proof !== undefined && wanted.expected?.beyond !== "nothing" && proof.others > 0
        ? [`${count(proof.others, "other field")} of the render change${proof.others === 1 ? "s" : ""} with it.`]
        : []),
    ],
  };
}

/**
 * Checks the other targets that read what changes. Those that include this one's folder and are in its environment
 * change with it, which is said; any other one must render as before.
 */
async function othersOf(
  target: Target,
  files: readonly FileChange[],
  at: RenderSource,
  { dependents }: Work,
): Promise<readonly string[]> {
  const paths = files.map(({ path }) => path);
  const { including, others } = await changedTargets(paths, at, target, dependents);
  if (others.length > 0) throw wouldTouch(paths, others);
  const folders = including.filter(({ declaration }) => declaration === undefined);
  if (folders.length === 0) return [];
  const ids = codeList(folders.map(({ id }) => id));
  const [include, change] = folders.length === 1 ? ["includes", "changes"] : ["include", "change"];
  return [`${ids} ${include} \`${target.render.path}\` and ${change} with it.`];
}

/**
 * Puts the plan together. What all changes come to in one tree is rendered again only where another one's change plays
 * into it.
 */
async function combinePlans(work: Work, computed: readonly ComputedTarget[]): Promise<ComputedChange> {
  const together = new CombinedChanges();
  const combined = computed.map((one) => addedTo(together, one));
  const changes = together.all();
  const at = await stageChanges(work.base, changes);
  const renders = new Map<string, BeforeAndAfter>();
  for (const { target, renders: own } of combined) {
    if (own === undefined) continue;
    const after = await work.renderer.render(target.render, at, work.signal);
    renders.set(target.id, { before: own.before, after: after.digest === own.after.digest ? own.after : after });
  }
  return { targets: combined.map(({ result }) => result), changes, tree: at.tree.oid, renders };
}

/** The target with its changes added to those of the ones before, or refused where they cannot be made on top. */
function addedTo(together: CombinedChanges, one: ComputedTarget): ComputedTarget {
  try {
    together.add(one.changes);
    return one;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { target, result } = one;
    return { target, result: refusedBy(target, error, result.images), changes: [] };
  }
}
