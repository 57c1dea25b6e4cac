import { dependsOnDeclaring, isLibraryChart, scansAlike } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import { mapLimit } from "../model/map-limit.ts";
import { lastName, parentPath } from "../model/paths.ts";
import type { RenderSource } from "../model/render.ts";
import type { PlanRender, TargetPlan } from "../model/target-plan.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import { takenFrom } from "./controllers/taken.ts";
import type { PlanReads } from "./reads.ts";
import { bareRenderer, rememberSamePlan } from "./replanning-renderer.ts";
import { configFile } from "./resolve.ts";

/** Changed paths that are looked at; a change of more of them gets a new plan. */
const maxLooked = 2_000;
const maxBytes = 1024 * 1024;
const atOnce = 16;

/** How one tree became another. */
export interface TreeDifference {
  readonly before: Tree;
  readonly after: RenderSource;
  /** The paths that differ between the two. */
  readonly changed: readonly ChangedPath[];
}

/**
 * Whether the plan of the tree before is the plan of the tree after, with the same configuration: files were only
 * edited, nothing in them is what a plan is made of, and what it took from renders that read them is the same. `false`
 * where it cannot be told at once. Where it holds, the targets' renders in the tree after need no plan of it.
 */
export async function planHolds(
  plan: TargetPlan,
  change: TreeDifference,
  reads: Pick<PlanReads, "renderer" | "memo" | "signal">,
): Promise<boolean> {
  const { before, after, changed } = change;
  if (before.oid !== after.tree.oid) {
    if (changed.length > maxLooked) return false;
    if (changed.some(({ status, path }) => status !== "modified" || path === configFile)) return false;
    if (!(await filesHold(plan, change, reads.memo))) return false;
  }
  if (!(await rendersHold(plan, change, reads))) return false;
  rememberSamePlan(plan.targets, after);
  return true;
}

/** Whether nothing in the files themselves makes another plan. */
async function filesHold(plan: TargetPlan, change: TreeDifference, memo: PlanReads["memo"] = new Map()) {
  const { before, changed } = change;
  const after = change.after.tree;
  const declaring = new Set(plan.targets.map(({ declaration }) => declaration?.file));
  if (changed.some(({ path }) => declaring.has(path))) return false;
  const isScanned = plan.source === "discovered" || plan.madeFrom !== undefined;
  const same = await mapLimit(changed, atOnce, async ({ path }) => {
    if ((await holdsControllers(path, before)) || (await holdsControllers(path, after))) return false;
    if (!(await sameChart(path, before, after))) return false;
    return !isScanned || scansAlike(path, before, after, memo);
  });
  return !same.includes(false);
}

/** Whether the renders that read what changed give the plan what they gave it. Those that stopped early may always. */
async function rendersHold(
  { madeFrom }: TargetPlan,
  { after, changed }: TreeDifference,
  { renderer, signal }: Pick<PlanReads, "renderer" | "signal">,
): Promise<boolean> {
  if (madeFrom === undefined) return true;
  const own = bareRenderer(renderer);
  const same = await mapLimit([...readersOf(madeFrom.renders, changed)], atOnce, async ({ spec, taken }) => {
    return takenFrom(await own.render(spec, after, signal)) === taken;
  });
  return !same.includes(false);
}

interface Readers {
  readonly byPath: ReadonlyMap<string, readonly PlanRender[]>;
  /** By folders whose whole tree was looked up. */
  readonly byTree: ReadonlyMap<string, readonly PlanRender[]>;
  readonly notFinal: readonly PlanRender[];
}

const readers = new WeakMap<readonly PlanRender[], Readers>();

/** The renders that read one of the edited files, and those of which that is not known. */
function readersOf(renders: readonly PlanRender[], edited: readonly ChangedPath[]): ReadonlySet<PlanRender> {
  const { byPath, byTree, notFinal } = readers.getOrInsertComputed(renders, indexed);
  const found = new Set(notFinal);
  for (const { path } of edited) {
    for (const one of byPath.get(path) ?? []) found.add(one);
    for (let at = path; at !== ""; ) {
      at = parentPath(at);
      for (const one of byTree.get(at) ?? []) found.add(one);
    }
  }
  return found;
}

/** An edit leaves alone what is a folder and what is not there. */
function indexed(renders: readonly PlanRender[]): Readers {
  const [byPath, byTree] = [new Map<string, PlanRender[]>(), new Map<string, PlanRender[]>()];
  for (const one of renders) {
    for (const [path, kind] of one.trace) {
      if (kind === "dir" || kind === "absent") continue;
      (kind === "tree" ? byTree : byPath).getOrInsertComputed(path, () => []).push(one);
    }
  }
  return { byPath, byTree, notFinal: renders.filter(({ isFinal }) => !isFinal) };
}

/** Whether a file may hold an object by which a controller deploys something; one that is too large may. */
async function holdsControllers(path: string, tree: Tree): Promise<boolean> {
  if (!/\.(?:ya?ml|json)$/i.test(path)) return false;
  try {
    const bytes = await tree.read(path, maxBytes);
    return (
      bytes !== undefined &&
      /argoproj\.io|fluxcd\.io|fluxcd\.controlplane|\\[uxU]/.test(new TextDecoder().decode(bytes))
    );
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return true;
    throw error;
  }
}

/** Of the text of charts, a configured plan is made of two things: library charts are no targets, some are entries. */
async function sameChart(path: string, before: Tree, after: Tree): Promise<boolean> {
  if (lastName(path) !== "Chart.yaml") return true;
  const [old, fresh] = await Promise.all([before, after].map((tree) => tree.read(path)));
  if (old === undefined || fresh === undefined) return false;
  const [was, is] = [old, fresh].map((bytes) => new TextDecoder().decode(bytes));
  return [isLibraryChart, dependsOnDeclaring].every((tells) => tells(was ?? "") === tells(is ?? ""));
}
