import type { DeployFailure } from "../../model/deploy.ts";
import type { ObjectReference } from "../../model/kube.ts";

/** How much a deploy may delete by itself. */
export interface PruneLimits {
  /** So many it always may. */
  readonly objects: number;
  /** Beyond that, this share of what there is: from 0 to 1. */
  readonly share: number;
}

/** What would happen to a target's objects. */
export interface PruneExtent {
  readonly deletions: readonly ObjectReference[];
  /** How many objects the inventory has. */
  readonly members: number;
  /** How many the render has. */
  readonly wanted: number;
  /** A person has seen what would go, or the whole target was removed from Git. */
  readonly confirmed: boolean;
}

/** Half of what there is, when it is more than ten. */
export const defaultLimits: PruneLimits = { objects: 10, share: 0.5 };

/**
 * Why so much must not be deleted without a person: a render that lost its files looks like one from which they were
 * removed. `undefined` when nothing is against it.
 */
export function pruneRefusal(extent: PruneExtent, limits: PruneLimits = defaultLimits): DeployFailure | undefined {
  const { deletions, members, wanted, confirmed } = extent;
  const count = deletions.length;
  if (confirmed || count === 0) return undefined;
  const all =
    members === 1 ? "its only resource" : members === 2 ? "both its resources" : `all ${members} of its resources`;
  if (wanted === 0) return refused(extent, `it renders to nothing, so ${all} would be deleted`);
  if (count === members && count > 1) return refused(extent, `${all} would be deleted`);
  if (count > limits.objects && count > limits.share * members)
    return refused(extent, `${count} of its ${members} resources would be deleted`);
  return undefined;
}

/** So many of them are named. */
const maxNamed = 10;

function refused({ deletions }: PruneExtent, summary: string): DeployFailure {
  const problems = deletions.slice(0, maxNamed).map((object) => ({
    object,
    reason: "Prune",
    message: "Git no longer has it",
    fix: "Bring it back, or confirm that it is to be deleted.",
  }));
  return { kind: "refused", summary, problems, events: [], applied: false };
}
