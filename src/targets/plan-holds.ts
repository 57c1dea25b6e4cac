import { dependsOnDeclaring, isLibraryChart, type ScanMemo, scansAlike } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import { mapLimit } from "../model/map-limit.ts";
import { lastName } from "../model/paths.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import { configFile } from "./resolve.ts";

/** Changed paths that are looked at; a change of more of them gets a new plan. */
const maxLooked = 2_000;
const maxBytes = 1024 * 1024;
const atOnce = 16;

/** How one tree became another. */
export interface TreeDifference {
  readonly before: Tree;
  readonly after: Tree;
  /** The paths that differ between the two. */
  readonly changed: readonly ChangedPath[];
}

/**
 * Whether the plan of the tree before is the plan of the tree after, with the same configuration: files were only
 * edited, and nothing in them that a plan is made of. `false` where it cannot be told at once.
 */
export async function planHolds(
  plan: TargetPlan,
  change: TreeDifference,
  memo: ScanMemo = new Map(),
): Promise<boolean> {
  const { before, after, changed } = change;
  // What controllers declare is made of renders and of what is remote, which a plan does not tell.
  if (plan.targets.some(({ declaration }) => declaration !== undefined)) return false;
  if (before.oid === after.oid) return true;
  if (changed.length > maxLooked) return false;
  if (changed.some(({ status, path }) => status !== "modified" || path === configFile)) return false;
  const same = await mapLimit(changed, atOnce, async ({ path }) => {
    if ((await holdsControllers(path, before)) || (await holdsControllers(path, after))) return false;
    return plan.source === "file" ? sameChart(path, before, after) : scansAlike(path, before, after, memo);
  });
  return !same.includes(false);
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
