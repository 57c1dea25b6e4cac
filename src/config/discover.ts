import type { Tree } from "../model/tree.ts";
import type { TargetPlan } from "./plan.ts";

/** The targets that a tree without a configuration seems to have. */
export async function discoverTargets(_tree: Tree): Promise<TargetPlan> {
  return { targets: [], environments: [], source: "discovered", problems: [], notes: [] };
}
