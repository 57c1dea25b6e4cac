import type { DeployCluster, OperationReport } from "../../model/deploy.ts";
import { messageOf, UserError } from "../../model/errors.ts";
import type { HealthJudge } from "../../model/health.ts";
import type { HeldLease } from "../../model/lease.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import { grantOf } from "../access/grant.ts";
import { type ApplyEnvironment, type ApplyPlace, applyEngine, applyLeaseName, removed } from "./apply/index.ts";
import type { Desired, StepResult } from "./engine.ts";
import type { DesiredEnvironment, EnvironmentEngine, EnvironmentStep } from "./environment.ts";

/** What applying an environment works with. */
export interface ApplyEnvironmentPorts {
  readonly cluster: DeployCluster;
  readonly health: HealthJudge;
  readonly clock: Clock;
  readonly log: Logger;
  /** Another one each time. */
  readonly newId: () => string;
  /** Another one for each process. */
  readonly process: string;
}

/** Where an environment is applied, and how. */
export type AppliedPlace = Pick<ApplyPlace, "repositoryId" | "namespace" | "health" | "limits" | "prune">;

/** Targets of an environment that are worked at at once. */
const targetsAtOnce = 4;
/** When targets that met a fault are tried again beside others that did not, in milliseconds. */
const retryMs = 15_000;

/**
 * Applies the targets of an environment to a cluster, each by itself, alone in the environment: who does not get its
 * lease does nothing. What apps left behind that Git no longer has is deleted. Throws a `permission` UserError where
 * the operator has not given the cluster to the environment.
 */
export function applyEnvironmentEngine(ports: ApplyEnvironmentPorts, place: AppliedPlace): EnvironmentEngine {
  return { step: (desired, signal) => apply(ports, place, desired, signal) };
}

async function apply(
  ports: ApplyEnvironmentPorts,
  applied: AppliedPlace,
  desired: DesiredEnvironment,
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const { settings, cluster, leases } = ports.cluster;
  const { repository, environment } = desired;
  const grant = grantOf(settings, { repository, environment });
  if (grant === undefined) throw notGiven(settings.name, desired);
  const place = { ...applied, repository, environment, cluster: settings, grant };
  const outcome = await leases.acquire(applyLeaseName(place), ports.process, signal);
  // Somebody else is at work, and reports what becomes of it.
  if (outcome.kind === "busy") return { reports: [], again: ports.clock() + outcome.waitMs };
  const { health, newId, process: writer } = ports;
  const held: HeldLease = outcome.lease;
  // Another worker, with another clock, goes on from what is written: so all of them go by the cluster's.
  const clock = (): number => ports.clock() + cluster.clockOffset();
  try {
    const engine = applyEngine({ cluster, lease: held, health, clock, newId, writer }, place);
    const { reports, again } = await stepAll({ ...ports, clock }, engine, desired, signal);
    return { reports, ...(again !== undefined && { again: again - cluster.clockOffset() }) };
  } finally {
    await release(ports, held);
  }
}

/** How long the lease may take to be given back, in milliseconds. */
const releaseMs = 10_000;

/** Also after an abort; where it fails the lease ends by itself, and what happened before is what counts. */
async function release({ log }: ApplyEnvironmentPorts, lease: HeldLease): Promise<void> {
  await lease.release(AbortSignal.timeout(releaseMs)).catch((error: unknown) => {
    log.warn({ error: messageOf(error) }, "the lease of an environment could not be given back; it ends by itself");
  });
}

async function stepAll(
  ports: ApplyEnvironmentPorts,
  engine: ApplyEnvironment,
  desired: DesiredEnvironment,
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const first = await stepTargets(ports, engine, desired.targets, signal);
  // What is moved from one app to another is taken over before the other's is deleted.
  if (first.again !== undefined) return first;
  const { environment, head, targets } = desired;
  const gone = await desired.gone(await engine.leftBehind(new Set(targets.map(({ app }) => app)), signal));
  const left = await stepTargets(
    ports,
    engine,
    gone.map((app) => removed(app, environment, head)),
    signal,
  );
  return { ...left, reports: [...first.reports, ...left.reports] };
}

async function stepTargets(
  { clock, log }: ApplyEnvironmentPorts,
  engine: ApplyEnvironment,
  targets: readonly Desired[],
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const done: StepResult[] = [];
  const faults: unknown[] = [];
  await mapLimit(targets, targetsAtOnce, (target) =>
    engine.step(target, signal).then(
      (step) => void done.push(step),
      (error: unknown) => void faults.push(error),
    ),
  );
  // What one target meets keeps no other waiting.
  if (faults.length > 0 && done.length === 0) throw faults[0];
  for (const error of faults) log.warn({ error: messageOf(error) }, "a target's deploy is tried again later");
  const again = Math.min(
    ...done.map((step) => step.again ?? Number.POSITIVE_INFINITY),
    ...(faults.length > 0 ? [clock() + retryMs] : []),
  );
  const reports: readonly OperationReport[] = done.map(({ operation, status }) => ({ operation, status }));
  return { reports, ...(Number.isFinite(again) && { again }) };
}

function notGiven(cluster: string, { repository, environment }: DesiredEnvironment): UserError {
  const { owner, name } = repository;
  return new UserError("permission", `cluster ${cluster} is not open to ${environment} of ${owner}/${name}`, {
    fix: `Ask who runs Sluice to add it to \`allow\` of cluster ${cluster} in sluice.server.yaml.`,
  });
}
