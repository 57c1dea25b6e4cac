import type { ObjectProblem, Readiness } from "../../model/deploy.ts";
import type { Health } from "../../model/health.ts";
import type { JsonObject } from "../../model/json.ts";
import type { LiveObject, ObjectReference } from "../../model/kube.ts";
import { labelOf, objectAt } from "../manifests/manifest.ts";

import { rolloutProgress, rolloutText } from "./rollout.ts";

/** How one object is, by the rules of its kind. */
export type ObjectHealth = Pick<Health, "status" | "message">;

/** An object that must be healthy. */
export interface Watched {
  readonly reference: ObjectReference;
  /** As Git has it. */
  readonly wanted: JsonObject;
  readonly live: LiveObject | undefined;
  readonly health: ObjectHealth;
}

/** How several objects are together. */
export interface Verdict {
  /**
   * `degraded`: what is not healthy has failed, and nothing is under way any more; `suspended`: somebody has stopped
   * what is not healthy, and may let it go on.
   */
  readonly state: "healthy" | "progressing" | "suspended" | "degraded";
  /** Of those that are not healthy, the failed ones first. */
  readonly problems: readonly ObjectProblem[];
  readonly readiness?: Readiness;
}

/**
 * What objects are together. A kind without a rule is healthy; what is unknown, since its rule failed or its node is
 * lost, is open.
 */
export function verdictOf(watched: readonly Watched[]): Verdict {
  const open = watched.filter((one) => !isHealthy(one));
  const failed = open.filter(({ health }) => health.status === "degraded");
  const stopped = open.filter(({ health }) => health.status === "suspended");
  const busy = open.length - failed.length - stopped.length;
  const others = open.filter((one) => !failed.includes(one));
  const readiness = readinessOf(watched);
  return {
    state: stateOf(open.length, failed.length, busy),
    problems: [...failed, ...others].map(problemOf),
    ...(readiness && { readiness }),
  };
}

function stateOf(open: number, failed: number, busy: number): Verdict["state"] {
  if (open === 0) return "healthy";
  if (busy > 0) return "progressing";
  return failed > 0 ? "degraded" : "suspended";
}

/** What Git itself has stopped is as Git wants it. */
function isHealthy({ health, wanted }: Watched): boolean {
  const { suspend, paused } = objectAt(wanted, "spec");
  const meant = suspend === true || paused === true;
  return health.status === "healthy" || (health.status === "suspended" && meant);
}

const reasons: Readonly<Record<ObjectHealth["status"], string>> = {
  healthy: "Healthy",
  progressing: "Progressing",
  degraded: "Degraded",
  suspended: "Suspended",
  terminating: "Terminating",
  missing: "Missing",
  unknown: "Unknown",
};

function problemOf({ reference, health, live }: Watched): ObjectProblem {
  const rollout = live === undefined ? undefined : rolloutProgress(live.object);
  const said = rollout && rolloutText(rollout);
  const message = said ?? (health.message || `${labelOf(reference)} is ${health.status}`);
  const fix = rollout?.state === "paused" ? { fix: "Promote the rollout, or abort it." } : {};
  return { object: reference, reason: reasons[health.status], message, ...fix };
}

/** How many Pods of the workloads are ready; `undefined` when there are none. */
export function readinessOf(watched: readonly Pick<Watched, "live">[]): Readiness | undefined {
  const counts = watched.flatMap(({ live }) => (live === undefined ? [] : (podsOf(live.object) ?? [])));
  if (counts.length === 0) return undefined;
  return counts.reduce((sum, one) => ({ ready: sum.ready + one.ready, wanted: sum.wanted + one.wanted }));
}

function podsOf(object: JsonObject): Readiness | undefined {
  const [spec, status] = [objectAt(object, "spec"), objectAt(object, "status")];
  switch (object.kind) {
    case "Deployment":
    case "StatefulSet":
    case "ReplicaSet":
    case "Rollout":
      return { ready: count(status.readyReplicas), wanted: count(spec.replicas ?? 1) };
    case "DaemonSet":
      return { ready: count(status.numberReady), wanted: count(status.desiredNumberScheduled) };
    default:
      return undefined;
  }
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
