import type { FollowedUnit } from "../../discovery/follower.ts";
import { isDeclaringChart } from "../../discovery/index.ts";

const groups = /argoproj\.io\/|toolkit\.fluxcd\.io\/|fluxcd\.controlplane\.io\//;

/**
 * Whether what a unit deploys may hold objects of controllers, so that it has to be rendered to know. A chart from
 * elsewhere has none, unless it is one of those that are made for it or the values hold such objects: most units are
 * such charts, and a plan must not render them all.
 */
export function mayDeclare({ render }: FollowedUnit): boolean {
  if (render.missing !== undefined && render.missing.length > 0) return false;
  if (render.kind !== "helmrelease") return true;
  if (render.mounts === undefined || render.mounts.length === 0) return true;
  return isDeclaringChart(render.path) || groups.test(JSON.stringify(render.options));
}
