import type { DeployFailure } from "../../../model/deploy.ts";
import { UserError } from "../../../model/errors.ts";
import { type Inspected, inspect, pendingKeys } from "./inspect.ts";
import { failureOf, failureOfError, kindOf } from "./problems.ts";
import { prunePlan, refusedPrune } from "./prune.ts";
import type { Wanted } from "./wanted.ts";
import type { Work } from "./work.ts";

/** More keys than these are not kept: then everything is applied. */
const maxPending = 2000;

/**
 * Compares a target with its cluster by a dry run of everything, and notes what is to be done. The failure where
 * anything is against it: then nothing was written to the cluster.
 */
export async function compareAll(work: Work): Promise<DeployFailure | undefined> {
  const failure = forbidden(work.wanted, false);
  if (failure !== undefined) return failure;
  try {
    return await inspectAll(work);
  } catch (error) {
    if (error instanceof UserError) return failureOfError(error, false);
    throw error;
  }
}

/** What of a target must not be applied. */
export function forbidden({ invalid, refused }: Wanted, applied: boolean): DeployFailure | undefined {
  if (invalid.length > 0) return failureOf("invalid", invalid, applied);
  return refused.length > 0 ? failureOf("refused", refused, applied) : undefined;
}

async function inspectAll(work: Work): Promise<DeployFailure | undefined> {
  const { wanted, members, ports, rules, signal } = work;
  const inspected = await inspect({ wanted, members, ports, rules, signal });
  const problems = inspected.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return failureOf(kindOf(problems), problems, false);
  const plan = await prunePlan(work);
  const pending = pendingKeys(inspected);
  note(work, inspected, pending);
  work.update({
    changes: pending.length + plan.deletions.length,
    ...(pending.length <= maxPending && { pending }),
  });
  return refusedPrune(work, plan);
}

/** What this step has seen need not be read again by it; what `kubectl` made is taken over when it is applied. */
function note(work: Work, inspected: readonly Inspected[], pending: readonly string[]): void {
  const keys = new Set(pending);
  const replaced: Record<string, string> = {};
  for (const { manifest, comparison, replaces } of inspected) {
    if (replaces !== undefined) replaced[manifest.key] = replaces;
    const adopts = comparison.kind === "changed" && comparison.adopt !== undefined;
    if (keys.has(manifest.key) && comparison.kind !== "assumed" && !adopts) work.prepared.set(manifest.key, manifest);
  }
  work.update({ replaced });
}
