import { fillTemplate } from "../../../config/values/templates.ts";
import type { DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import type { Verdict as Health } from "../../health/verdict.ts";
import { labelOf } from "../../manifests/manifest.ts";
import { explained } from "../apply/explain.ts";
import { failureOf } from "../apply/problems.ts";
import { type Descent, descentOf } from "../controller/descent.ts";
import type { ControllerWork } from "../controller/environment.ts";
import { controllerOperation } from "../controller/operation.ts";
import type { DeployEngine, Desired, StepResult } from "../engine.ts";
import { attemptedCommit, commitsIn, fluxVerdict, startOf } from "./decide.ts";
import type { Wanted } from "./decide-source.ts";
import { type LiveMark, readLive, writeLive } from "./live-mark.ts";
import { ownHealth } from "./own-health.ts";
import { type FluxState, Missing, type Reading, readKustomizationState, readReleaseState } from "./read-state.ts";
import { requestReconcile, toRequest } from "./request-reconcile.ts";
import { failedMs, type Result, resultOf, type Timing } from "./result.ts";
import { nameOf, type Relation, type Verdict } from "./verdict.ts";

/** Which object of Flux deploys a target; `object` and `namespace` may hold placeholders. */
export interface FluxSettings {
  readonly kind: "Kustomization" | "HelmRelease";
  readonly object: string;
  readonly namespace: string;
}

/**
 * Has Flux deploy targets: asks it to reconcile the source and the object of each where the commit does not get there
 * by itself, and says what their status says. All that it knows between two steps is in these objects.
 */
export function fluxEngine(work: ControllerWork, settings: FluxSettings): DeployEngine {
  return { step: (desired, signal) => step({ work, desired, signal }, settings) };
}

async function step(reading: Reading, settings: FluxSettings): Promise<StepResult> {
  const { work, desired, signal } = reading;
  const now = work.clock();
  const state = await readState(reading, settings);
  if (state instanceof Missing) return missing(desired, state, now);
  // Who only watches asks for nothing.
  const askedAt = work.watchOnly ? undefined : desired.request?.at;
  const wanted = { head: desired.head, branch: work.base, relation: await relationsOf(reading, state), now };
  const verdict = fluxVerdict(state, wanted, askedAt);
  const mark = await readLive(state, desired, wanted, verdict);
  if (mark !== undefined) return stillLive(desired, mark, now);
  const progress = { wanted, askedAt, attempted: wanted.relation(attemptedCommit(state)) };
  const requests = work.watchOnly || verdict.kind === "applied" ? [] : toRequest(state, progress);
  for (const object of requests) await requestReconcile(work.cluster, object, wanted, signal);
  const startedAt = startOf(state, wanted, askedAt) ?? (requests.length > 0 ? now : undefined);
  const operation = controllerOperation(desired, startedAt ?? now);
  const timing = { now, startedAt, deadline: operation.startedAt + work.timeoutMs };
  const result = await told(reading, state, verdict, timing);
  if (result.status.state === "live" && !work.watchOnly)
    await writeLive(reading, state, { startedAt: operation.startedAt, liveSince: result.status.since });
  return { operation, ...result };
}

function readState(reading: Reading, settings: FluxSettings): Promise<FluxState | Missing> {
  const { app, environment } = reading.desired;
  const name = fillTemplate(settings.object, { app, environment });
  const namespace = fillTemplate(settings.namespace, { app, environment });
  switch (settings.kind) {
    case "Kustomization":
      return readKustomizationState(reading, { name, namespace });
    case "HelmRelease":
      return readReleaseState(reading, { name, namespace });
    default:
      return settings.kind satisfies never;
  }
}

/** Flux may make it from the same commit, so that it is waited for. */
function missing(desired: Desired, { reference }: Missing, now: number): StepResult {
  const reason = `there is no ${nameOf(reference)} in the cluster`;
  return {
    operation: controllerOperation(desired, now),
    ...resultOf(
      { kind: "waiting", until: "person", reason },
      { now, startedAt: now, deadline: now },
      { inventory: [] },
    ),
  };
}

/** What happens after it was live is no part of the deploy. */
function stillLive(desired: Desired, { startedAt, liveSince }: LiveMark, now: number): StepResult {
  const timing = { now, startedAt, deadline: now };
  const verdict = { kind: "applied", healthy: "checked", at: liveSince } as const;
  return { operation: controllerOperation(desired, startedAt), ...resultOf(verdict, timing, { inventory: [] }) };
}

/** How the commits that the objects name stand to the wanted one. */
async function relationsOf({ work, desired }: Reading, state: FluxState): Promise<Wanted["relation"]> {
  const known = new Map<string, Relation>();
  for (const commit of commitsIn(state)) {
    const descent = await descentOf(work.history, commit, desired.head);
    known.set(commit, descent === "behind" && (await desired.sameAt(commit)) ? "included" : relations[descent]);
  }
  return (commit) => (commit === undefined ? "unknown" : (known.get(commit) ?? "unknown"));
}

const relations = {
  same: "included",
  ahead: "included",
  behind: "older",
  apart: "other",
  unknown: "unknown",
} as const satisfies Readonly<Record<Descent, Relation>>;

/** The verdict for people, with what Sluice sees by itself where Flux does not look. */
async function told(reading: Reading, state: FluxState, verdict: Verdict, timing: Timing): Promise<Result> {
  const owner = state.release ?? state.kustomization;
  const inventory = owner?.inventory ?? [];
  if (verdict.kind === "applied" && owner !== undefined) {
    const health = await ownHealth(reading, owner);
    const readiness = health?.readiness;
    if (verdict.healthy === "unknown" && health !== undefined) return unchecked(reading, verdict, health, timing);
    return resultOf(verdict, timing, { inventory, readiness });
  }
  const result = resultOf(verdict, timing, { inventory });
  const { status } = result;
  if (status.state !== "failed" || verdict.kind !== "failing") return result;
  return { ...result, status: { ...status, failure: await explainedFailure(reading, status.failure) } };
}

/** Applied, where nobody but Sluice looks at the health of it. */
async function unchecked(
  reading: Reading,
  verdict: Extract<Verdict, { kind: "applied" }>,
  { state, problems, readiness }: Health,
  timing: Timing,
): Promise<Result> {
  const [first] = problems;
  const pods = readiness === undefined ? undefined : `${readiness.ready} of ${readiness.wanted} pods ready`;
  const what = first === undefined ? "it is not healthy yet" : `${labelOf(first.object)} is not healthy yet`;
  switch (state) {
    case "healthy":
      return resultOf(verdict, timing, { inventory: [], readiness });
    case "progressing":
      return resultOf({ kind: "progressing", step: "health", text: pods ?? what }, timing, {
        inventory: [],
        readiness,
      });
    case "suspended": {
      const reason = first === undefined ? "a rollout is paused" : first.message;
      return resultOf({ kind: "waiting", until: "person", reason }, timing, { inventory: [] });
    }
    case "degraded": {
      const failure = await explainedFailure(reading, failureOf("health", problems, true));
      const status = { state: "failed", at: timing.now, failure, steps: [], ...(readiness && { readiness }) } as const;
      return { status, ...(timing.now < timing.deadline && { again: timing.now + failedMs }) };
    }
    default:
      return state satisfies never;
  }
}

/** With what the Pods say of the objects that the operator opened. */
async function explainedFailure({ work, desired, signal }: Reading, failure: DeployFailure): Promise<DeployFailure> {
  const isOpen = ({ object }: ObjectProblem) => object.apiVersion !== "" && work.isOpen(object, desired.app);
  const look = { cluster: work.cluster, signal, now: work.clock() };
  const found = await explained(look, { ...failure, problems: failure.problems.filter(isOpen) });
  return { ...found, problems: [...found.problems, ...failure.problems.filter((one) => !isOpen(one))] };
}
