import type { DeployCluster } from "../../model/deploy.ts";
import { messageOf } from "../../model/errors.ts";
import type { HealthJudge } from "../../model/health.ts";
import type { HeldLease } from "../../model/lease.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import { grantOf, notGiven } from "../access/grant.ts";
import { type ApplyEnvironment, type ApplyPlace, applyEngine, applyLeaseName, removed } from "./apply/index.ts";
import type { DesiredEnvironment, EnvironmentEngine, EnvironmentStep } from "./environment.ts";
import { stepTargets } from "./step-targets.ts";

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
  const { health, clock, newId, process: writer } = ports;
  const held: HeldLease = outcome.lease;
  try {
    const engine = applyEngine({ cluster, lease: held, health, clock, newId, writer }, place);
    return await stepAll(ports, engine, desired, signal);
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
