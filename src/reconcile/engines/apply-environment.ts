import type { DeployCluster } from "../../model/deploy.ts";
import { messageOf } from "../../model/errors.ts";
import type { HealthJudge } from "../../model/health.ts";
import type { HeldLease } from "../../model/lease.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import { grantOf, notGiven } from "../access/grant.ts";
import {
  type ApplyEnvironment,
  type ApplyPlace,
  applyEngine,
  applyLeaseName,
  type LiveComparison,
  removed,
} from "./apply/index.ts";
import type {
  ComparedEnvironment,
  DesiredEnvironment,
  EnvironmentComparison,
  EnvironmentEngine,
  EnvironmentStep,
} from "./environment.ts";
import { stepTargets, targetsAtOnce } from "./step-targets.ts";

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
export type AppliedPlace = Pick<ApplyPlace, "repositoryId" | "namespace" | "health" | "limits" | "watchMs" | "prune">;

/**
 * Applies the targets of an environment to a cluster, each by itself, alone in the environment: who does not get its
 * lease does nothing. What apps left behind that Git no longer has is deleted. Throws a `permission` UserError where
 * the operator has not given the cluster to the environment.
 */
export function applyEnvironmentEngine(ports: ApplyEnvironmentPorts, applied: AppliedPlace): EnvironmentEngine {
  return {
    async step(desired, signal) {
      const step = await alone(ports, placeOf(ports, applied, desired), signal, (engine) =>
        stepAll({ ...ports, clock: clusterClock(ports) }, engine, desired, signal),
      );
      // Somebody else is at work, and reports what becomes of it.
      if ("busy" in step) return { reports: [], again: step.busy };
      const { reports, again } = step;
      return { reports, ...(again !== undefined && { again: again - ports.cluster.cluster.clockOffset() }) };
    },
    async compare(desired, what, signal) {
      const place = placeOf(ports, applied, desired);
      if (what === "live") return alone(ports, place, signal, (engine) => compareAll(engine, desired, what, signal));
      // What only reads is in nobody's way.
      return compareAll(engineFor(ports, place, { confirm: async () => false }), desired, what, signal);
    },
  };
}

/** Throws where the operator has not given the cluster to the environment. */
function placeOf(ports: ApplyEnvironmentPorts, applied: AppliedPlace, desired: ComparedEnvironment): ApplyPlace {
  const { settings } = ports.cluster;
  const { repository, environment } = desired;
  const grant = grantOf(settings, { repository, environment });
  if (grant === undefined) throw notGiven(settings.name, desired);
  return { ...applied, repository, environment, cluster: settings, grant };
}

/** Works with the environment's lease, or says when it is tried again. */
async function alone<T>(
  ports: ApplyEnvironmentPorts,
  place: ApplyPlace,
  signal: AbortSignal,
  work: (engine: ApplyEnvironment) => Promise<T>,
): Promise<T | { readonly busy: number }> {
  const outcome = await ports.cluster.leases.acquire(applyLeaseName(place), ports.process, signal);
  if (outcome.kind === "busy") return { busy: ports.clock() + outcome.waitMs };
  const held: HeldLease = outcome.lease;
  try {
    return await work(engineFor(ports, place, held));
  } finally {
    await release(ports, held);
  }
}

/** Another worker, with another clock, goes on from what is written: so all of them go by the cluster's. */
function clusterClock({ clock, cluster: { cluster } }: ApplyEnvironmentPorts): Clock {
  return () => clock() + cluster.clockOffset();
}

function engineFor(ports: ApplyEnvironmentPorts, place: ApplyPlace, lease: Pick<HeldLease, "confirm">) {
  const { health, newId, process: writer } = ports;
  const clock = clusterClock(ports);
  return applyEngine({ cluster: ports.cluster.cluster, lease, health, clock, newId, writer }, place);
}

async function compareAll(
  engine: ApplyEnvironment,
  { targets }: ComparedEnvironment,
  what: "live" | "all",
  signal: AbortSignal,
): Promise<EnvironmentComparison> {
  const apps = new Map<string, LiveComparison>();
  const faults: unknown[] = [];
  await mapLimit(targets, targetsAtOnce, (target) =>
    engine.compare(target, signal, what === "all").then(
      (compared) => void (compared && apps.set(target.app, compared)),
      (error: unknown) => void faults.push(error),
    ),
  );
  return { apps, faults };
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
