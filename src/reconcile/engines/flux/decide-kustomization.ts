import { commitIn, isOf, sourceVerdict, type Wanted } from "./decide-source.ts";
import type { Kustomization } from "./kustomization.ts";
import type { Condition } from "./objects.ts";
import { isTaken } from "./request.ts";
import { commitOf } from "./revision.ts";
import type { Source } from "./source.ts";
import { nameOf, type Verdict } from "./verdict.ts";
import { saysApplied } from "./words.ts";

/** A Kustomization and what it deploys from. */
export interface KustomizationState {
  readonly source: Source;
  readonly kustomization: Kustomization;
}

/**
 * What Flux does with the wanted commit. `askedAt`: when a person asked for it again, in milliseconds; what was said
 * before does not count then.
 */
export function kustomizationVerdict(state: KustomizationState, wanted: Wanted, askedAt?: number): Verdict {
  const { kustomization } = state;
  if (isTaken(kustomization, askedAt)) {
    const done = doneVerdict(state, wanted) ?? failedVerdict(state, wanted);
    if (done !== undefined) return done;
  }
  if (kustomization.suspended)
    return { kind: "waiting", until: "person", reason: `${nameOf(kustomization.reference)} is suspended` };
  return sourceVerdict(state.source, wanted) ?? underWay(state, wanted);
}

/**
 * The last success was of the Kustomization as it is now, and of the wanted commit; what comes later may only fail.
 * Without the second a Kustomization that is looked at again in between would be under way each time.
 */
function doneVerdict({ kustomization, source }: KustomizationState, { relation }: Wanted): Verdict | undefined {
  const { conditions, observedGeneration, generation, checksHealth } = kustomization;
  const ready = conditions.get("Ready");
  const [applied, attempted] = [kustomization.applied, kustomization.attempted].map((revision) =>
    relation(commitOfRevision(revision, { kustomization, source })),
  );
  if (applied !== "included" || attempted !== "included" || observedGeneration !== generation) return undefined;
  // Another version lies between what was applied and the wanted commit, which happens to be the same.
  if (relation(commitIn(source)) === "older") return undefined;
  if (ready?.status === "False" || conditions.get("Stalled")?.status === "True") return undefined;
  return { kind: "applied", healthy: checksHealth ? "checked" : "unknown", at: ready?.since };
}

/** The commit of a revision of what the source gives. */
export function commitOfRevision(revision: string, { source, kustomization }: KustomizationState): string | undefined {
  if (source.reference.kind === "GitRepository") return commitOf(revision);
  if (revision !== "" && revision === source.artifact?.revision) return commitIn(source);
  const origin = kustomization.appliedOrigin;
  if (revision !== kustomization.applied) return undefined;
  return /^[0-9a-f]{40,64}$/.test(origin) ? origin : commitOf(origin);
}

/** What fails before the manifests are built, so that it is said of no revision. */
const early: ReadonlySet<string> = new Set(["ArtifactFailed", "DependencyNotReady", "AccessDenied"]);
/** Nothing comes right by trying again. */
const needsChange: ReadonlySet<string> = new Set(["BuildFailed", "ReconciliationFailed"]);

function failedVerdict(state: KustomizationState, wanted: Wanted): Verdict | undefined {
  const { kustomization } = state;
  const { conditions, generation } = kustomization;
  const stalled = conditions.get("Stalled");
  if (stalled?.status === "True" && isOf(stalled, generation)) return failing(state, stalled, true);
  const ready = conditions.get("Ready");
  const attempted = commitOfRevision(kustomization.attempted, state);
  if (ready?.status !== "False" || !isOf(ready, generation) || kustomization.suspended) return undefined;
  if (early.has(ready.reason)) return earlyVerdict(state, ready, wanted);
  if (wanted.relation(attempted) !== "included") return undefined;
  if (ready.reason === "HealthCheckCanceled") {
    const next = commitIn(state.source);
    const isNewer = next !== undefined && next !== attempted && wanted.relation(next) === "included";
    return isNewer ? { kind: "superseded", by: next } : undefined;
  }
  return failing(state, ready, isFinal(ready));
}

/** Objects that have failed for good end a health check early: waiting longer changes nothing. */
function isFinal({ reason, message }: Condition): boolean {
  return needsChange.has(reason) || (reason === "HealthCheckFailed" && message.includes("stalled resources"));
}

/** What it waits for should come, but for a folder that the commit does not have. */
function earlyVerdict(state: KustomizationState, ready: Condition, wanted: Wanted): Verdict | undefined {
  if (sourceVerdict(state.source, wanted) !== undefined) return undefined;
  const { reason, message, since } = ready;
  if (reason === "DependencyNotReady") return { kind: "waiting", until: "controller", reason: message };
  // What it said of an earlier commit; it looks again at once.
  if (since !== undefined && since < (state.source.artifact?.at ?? 0)) return undefined;
  return failing(state, ready, message.startsWith("kustomization path not found"));
}

function failing(
  { kustomization }: KustomizationState,
  { reason, message, since: at }: Condition,
  final: boolean,
): Verdict {
  const late = reason === "HealthCheckFailed" || reason === "PruneFailed";
  const applied = late || (reason === "ReconciliationFailed" && saysApplied(message));
  const step = reason === "HealthCheckFailed" ? "health" : "apply";
  return { kind: "failing", step, final, object: kustomization.reference, reason, message, at, applied };
}

/** It has the commit to do, or is at it. */
function underWay(state: KustomizationState, wanted: Wanted): Verdict {
  const { kustomization } = state;
  const { conditions, history, reference: object } = kustomization;
  const head = wanted.head.slice(0, 7);
  const [last] = history;
  const reconciling = conditions.get("Reconciling")?.message ?? "";
  const attempted = wanted.relation(commitOfRevision(kustomization.attempted, state)) === "included";
  if (!attempted) return { kind: "progressing", step: "apply", text: `Flux has not begun with ${head} yet` };
  const failedBefore =
    last !== undefined &&
    last.status !== "ReconciliationSucceeded" &&
    wanted.relation(commitOfRevision(last.revision, state)) === "included";
  // It tries again, and says no longer why it has to.
  if (failedBefore) {
    const applied = last.status !== "ReconciliationFailed";
    const step = last.status === "HealthCheckFailed" ? "health" : "apply";
    return { kind: "failing", step, final: false, object, reason: last.status, message: "", applied };
  }
  return reconciling.startsWith("Running health checks")
    ? { kind: "progressing", step: "health", text: "Flux waits until everything is healthy" }
    : { kind: "progressing", step: "apply", text: `Flux applies ${head}` };
}
