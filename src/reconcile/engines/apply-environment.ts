import type { DeployCluster, OperationReport } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import type { HeldLease } from "../../model/lease.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Clock } from "../../model/observe.ts";
import { grantOf } from "../access/grant.ts";
import { keeperName } from "../inventory/apply-set.ts";
import type { DeployEngine, Desired } from "./engine.ts";
import type { DesiredEnvironment, EnvironmentEngine, EnvironmentStep } from "./environment.ts";

/** Targets of an environment that are worked at at once. */
const targetsAtOnce = 4;

/** Where an environment is applied. */
export interface ApplyPlace {
  /** GitHub's number of the repository: a renamed one keeps its objects, one that was made again has none of them. */
  readonly repositoryId: number;
  readonly cluster: DeployCluster;
  /** Another one for each process. */
  readonly holder: string;
  readonly clock: Clock;
  /** The engine of one target, under the lease of the environment. */
  target(desired: Desired, lease: HeldLease): DeployEngine;
}

/**
 * Applies the targets of an environment to a cluster, each by itself, alone in the environment: who does not get its
 * lease does nothing. Throws a `permission` UserError where the operator has not given the cluster to the environment.
 */
export function applyEnvironmentEngine(place: ApplyPlace): EnvironmentEngine {
  return { step: (desired, signal) => apply(place, desired, signal) };
}

async function apply(place: ApplyPlace, desired: DesiredEnvironment, signal: AbortSignal): Promise<EnvironmentStep> {
  const { cluster, repositoryId, holder, clock } = place;
  const { repository, environment } = desired;
  if (grantOf(cluster.settings, { repository, environment }) === undefined) throw notGiven(place, desired);
  const outcome = await cluster.leases.acquire(keeperName(String(repositoryId), environment), holder, signal);
  // Somebody else is at work, and reports what becomes of it.
  if (outcome.kind === "busy") return { reports: [], again: clock() + outcome.waitMs };
  try {
    return await stepTargets(place, desired, outcome.lease, signal);
  } finally {
    await outcome.lease.release(signal);
  }
}

async function stepTargets(
  place: ApplyPlace,
  { targets }: DesiredEnvironment,
  lease: HeldLease,
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const steps = await mapLimit(targets, targetsAtOnce, async (target) =>
    place
      .target(target, lease)
      .step(target, signal)
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
  );
  const done = steps.flatMap((step) => ("value" in step ? [step.value] : []));
  const failed = steps.find((step) => "error" in step);
  // What one target meets keeps no other waiting, unless nothing was done at all.
  if (failed !== undefined && done.length === 0) throw failed.error;
  const reports: readonly OperationReport[] = done.map(({ operation, status }) => ({ operation, status }));
  const again = Math.min(
    ...done.map((step) => step.again ?? Infinity),
    ...(failed === undefined ? [] : [retryAt(place)]),
  );
  return { reports, ...(Number.isFinite(again) && { again }) };
}

/** When targets that met a fault are tried again beside others that did not. */
function retryAt({ clock }: ApplyPlace): number {
  return clock() + 15_000;
}

function notGiven({ cluster: { settings } }: ApplyPlace, { repository, environment }: DesiredEnvironment): UserError {
  const { owner, name } = repository;
  return new UserError("permission", `cluster ${settings.name} is not open to ${environment} of ${owner}/${name}`, {
    fix: `Ask who runs Sluice to add it to \`allow\` of cluster ${settings.name} in sluice.server.yaml.`,
  });
}
