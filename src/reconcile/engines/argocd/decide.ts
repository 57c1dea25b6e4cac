import type { DeployFailure, DeployStep, ObjectProblem } from "../../../model/deploy.ts";
import type { OperationMark } from "../controller/operation.ts";
import { type Application, annotationOf, idOfOperation, isAutomated, isSyncing } from "./application.ts";
import { differing, hookRuns, syncProblems, unhealthy, unpruned } from "./resources.ts";

/** How what Argo CD names stands to the commit that is wanted; `in`: it has it, or what renders the same. */
export type Reach = "in" | "behind" | "apart" | "unknown";

/** What is known beside the Application. Times in milliseconds. */
export interface Facts {
  readonly now: number;
  /** Of the operation. */
  readonly id: string;
  /** What Sluice left on the Application for this very operation. */
  readonly mark: OperationMark | undefined;
  /** Whether a person asked for the operation, or for one before of the same target, and when. */
  readonly asked: boolean;
  readonly askedAt?: number | undefined;
  readonly watchOnly: boolean;
  /** Whether Sluice's syncs delete what Git no longer has. */
  readonly prune: boolean;
  readonly timeoutMs: number;
  /** Whether `operated` says of content what it says: then `behind` means that the last sync had another render. */
  readonly plain: boolean;
  /** Of the revisions that were compared with the cluster. */
  readonly compared: Reach;
  /** Of the revisions of the sync that runs, or ran last. */
  readonly operated: Reach;
}

/** What Sluice writes: its mark and a request to look, such a request alone, a sync, the end of an older sync. */
export type Action = "begin" | "refresh" | "sync" | "terminate";

/** Where an Application stands. */
export type Verdict =
  | { readonly kind: "live"; readonly since: number }
  | {
      readonly kind: "failed";
      readonly failure: DeployFailure["kind"];
      readonly said: string;
      readonly problems: readonly ObjectProblem[];
    }
  | { readonly kind: "waiting"; readonly reason: string }
  | { readonly kind: "moving"; readonly step: DeployStep; readonly text: string; readonly action?: Action };

type Moving = Extract<Verdict, { kind: "moving" }>;

/** How long health must not have changed to count. */
const settleMs = 5_000;
/** How long something may be degraded: a rollout passes through that. */
const graceMs = 30_000;
/** When Argo CD is asked again to look. */
const refreshMs = 20_000;

/** Where an Application stands, and what to write. Pure; the Application is as it was read just now. */
export function decide(application: Application, facts: Facts): Verdict {
  const verdict = judged(application, facts);
  if (facts.watchOnly || facts.mark !== undefined) return inTime(verdict, application, facts);
  if (verdict.kind === "live" && !facts.asked) return verdict;
  return stopped(application) ?? moving("compare", "Argo CD is asked to look at the commit", "begin");
}

/** When the operation began, as far as that is known. */
export function startOf({ status: { operationState } }: Application, facts: Facts): number {
  if (facts.mark !== undefined) return facts.mark.startedAt;
  return (facts.operated === "in" ? operationState?.startedAt : undefined) ?? facts.now;
}

function judged(application: Application, facts: Facts): Verdict {
  return (
    stopped(application) ??
    syncing(application, facts) ??
    broken(application, facts) ??
    ended(application, facts) ??
    comparedState(application, facts) ??
    healthState(application, facts)
  );
}

/** What Argo CD does not look at, whatever is asked of it. */
function stopped(application: Application): Verdict | undefined {
  if (application.metadata.deletionTimestamp !== "")
    return { kind: "waiting", reason: "the Application is being deleted" };
  if (annotationOf(application, skipKey) !== "true") return undefined;
  return { kind: "waiting", reason: `Argo CD leaves the Application alone: it has the annotation ${skipKey}` };
}

const skipKey = "argocd.argoproj.io/skip-reconcile";
const ourId = /^[0-9a-f]{20}$/;

function syncing(application: Application, facts: Facts): Verdict | undefined {
  if (!isSyncing(application)) return undefined;
  const { operation, status } = application;
  const state = status.operationState;
  const runs = state !== undefined && ["Running", "Terminating"].includes(state.phase);
  if (!runs) return moving("apply", "the sync begins");
  if (/blocked by sync window/i.test(state.message)) return { kind: "waiting", reason: `Argo CD: ${state.message}` };
  const id = idOfOperation(operation ?? state.operation);
  const mine = id === facts.id || facts.operated === "in";
  if (!mine && canBeLeft(application, facts, id))
    return moving("apply", "the sync of an older commit is stopped", "terminate");
  // It has ended badly and will be tried again.
  const retry = state.phase === "Running" && state.finishedAt !== undefined ? "the sync is tried again: " : "";
  return moving("apply", mine ? `${retry}${state.message || "the sync runs"}` : "another sync has to end first");
}

/** A sync of Sluice's own for an older commit is stopped, unless a hook is at work: that may be a migration. */
function canBeLeft(application: Application, { operated, watchOnly }: Facts, id: string): boolean {
  const phase = application.status.operationState?.phase;
  return !watchOnly && operated === "behind" && ourId.test(id) && phase === "Running" && !hookRuns(application);
}

const transient =
  /code = (?:Unavailable|DeadlineExceeded|Canceled)|connection refused|i\/o timeout|no such host|deadline exceeded|connection reset/i;

/** What keeps Argo CD from comparing at all. */
function broken(application: Application, facts: Facts): Verdict | undefined {
  const { conditions } = application.status;
  const found = conditions.find(({ type }) => type === "ComparisonError" || type === "InvalidSpecError");
  if (found === undefined) return undefined;
  // It may be about a commit before.
  if (facts.watchOnly) return { kind: "waiting", reason: `Argo CD cannot compare: ${found.message}` };
  if (isRefreshing(application)) return looking;
  if (transient.test(found.message)) return moving("compare", `Argo CD cannot compare yet: ${found.message}`);
  return { kind: "failed", failure: "controller", said: found.message, problems: [] };
}

/** The annotation goes when Argo CD has looked. */
function isRefreshing(application: Application): boolean {
  return annotationOf(application, "argocd.argoproj.io/refresh") !== "";
}

/** A sync that ended badly, and one that ended after the last look. */
function ended(application: Application, facts: Facts): Verdict | undefined {
  const { operationState: state, reconciledAt } = application.status;
  if (state === undefined) return undefined;
  const own = idOfOperation(state.operation) === facts.id;
  if (["Failed", "Error"].includes(state.phase)) {
    // What failed before a person asked is what they want to have tried again.
    if (!own && (isBeforeRequest(state.startedAt, facts) || facts.operated !== "in")) return undefined;
    return { kind: "failed", failure: "controller", said: state.message, problems: syncProblems(application) };
  }
  const { finishedAt } = state;
  if (state.phase !== "Succeeded" || finishedAt === undefined) return undefined;
  if (!own && facts.operated !== "in") return undefined;
  if (reconciledAt === undefined || reconciledAt < finishedAt) return lookAgain(application, facts, finishedAt);
  return undefined;
}

function isBeforeRequest(startedAt: number | undefined, { asked, askedAt = Infinity }: Facts): boolean {
  return asked && (startedAt === undefined || startedAt < askedAt);
}

const looking: Moving = { kind: "moving", step: "compare", text: "Argo CD looks at the commit" };

/** Argo CD is asked again where it has not looked for some time. */
function lookAgain(application: Application, { now, watchOnly }: Facts, since: number | undefined): Moving {
  const waits = since !== undefined && now - since < refreshMs;
  if (watchOnly || waits || isRefreshing(application)) return looking;
  return { ...looking, action: "refresh" };
}

/** What the last comparison says; `undefined`: the cluster has what Git has. */
function comparedState(application: Application, facts: Facts): Verdict | undefined {
  const { sync, reconciledAt } = application.status;
  switch (facts.compared) {
    case "apart":
      return {
        kind: "waiting",
        reason: `the Application is at ${shortOf(application)}, which the branch does not have`,
      };
    case "unknown":
      return lookAgain(application, facts, reconciledAt);
    case "behind":
      if (facts.watchOnly) return { kind: "waiting", reason: `the Application is still at ${shortOf(application)}` };
      return lookAgain(application, facts, reconciledAt);
    case "in":
      if (sync.status === "Synced")
        return needsSync(application, facts) ? moving("apply", "a sync is started", "sync") : undefined;
      return sync.status === "OutOfSync" ? outOfSync(application, facts) : lookAgain(application, facts, reconciledAt);
    default:
      return facts.compared satisfies never;
  }
}

/** Comparing leaves hooks out: those that failed, or are others now, run in a sync alone. */
function needsSync(application: Application, facts: Facts): boolean {
  const state = application.status.operationState;
  if (facts.watchOnly || state === undefined || idOfOperation(state.operation) === facts.id) return false;
  if (facts.asked && ["Failed", "Error"].includes(state.phase)) return true;
  return facts.plain && facts.operated === "behind" && !isAutomated(application);
}

function shortOf({ status: { sync } }: Application): string {
  return (sync.revision || sync.revisions[0] || "no commit").slice(0, 7);
}

function outOfSync(application: Application, facts: Facts): Verdict | undefined {
  const { spec, status } = application;
  const own = idOfOperation(status.operationState?.operation ?? { info: [] }) === facts.id;
  const synced = status.operationState?.phase === "Succeeded" && (own || (facts.operated === "in" && !facts.asked));
  const automated = isAutomated(application);
  const prunes = automated ? spec.syncPolicy.automated?.prune === true : facts.prune;
  const left = differing(application);
  if (left.length === 0 && unpruned(application).length > 0 && (synced || !prunes)) return undefined;
  if (synced) return moving("apply", "something still differs from Git after the sync");
  if (facts.watchOnly)
    return automated
      ? moving("apply", "Argo CD is to sync it")
      : { kind: "waiting", reason: "somebody has to sync it in Argo CD" };
  if (!automated || facts.asked) return moving("apply", "a sync is started", "sync");
  return moving("apply", "Argo CD is to sync it");
}

function healthState(application: Application, facts: Facts): Verdict {
  const { health, operationState } = application.status;
  const finishedAt = facts.operated === "in" ? operationState?.finishedAt : undefined;
  const quiet = (ms: number) => [health.lastTransitionTime, finishedAt].every((at) => isOlder(at, ms, facts.now));
  switch (health.status) {
    case "Healthy":
      if (!quiet(settleMs)) return moving("health", "everything is healthy, for a moment");
      return { kind: "live", since: liveSince(application, facts, finishedAt) };
    case "Suspended":
      return { kind: "waiting", reason: suspended(application) };
    case "Degraded":
      return degraded(application, facts, quiet(graceMs));
    default:
      return moving("health", health.message || `it is ${health.status || "not judged yet"}`);
  }
}

/** Clocks differ: what is yet to come counts as past when it is far. */
function isOlder(at: number | undefined, ms: number, now: number): boolean {
  return at === undefined || Math.abs(now - at) >= ms;
}

function liveSince(application: Application, facts: Facts, finishedAt: number | undefined): number {
  const start = startOf(application, facts);
  const { lastTransitionTime: healthy } = application.status.health;
  const known = [finishedAt, healthy].filter((at) => at !== undefined).filter((at) => at <= start + facts.timeoutMs);
  return Math.min(Math.max(start, ...known), Math.max(start, facts.now));
}

function suspended(application: Application): string {
  const found = unhealthy(application).find(({ reason }) => reason === "Suspended");
  const what = found === undefined ? "the rollout" : `${found.object.kind} ${found.object.name}`;
  return `${what} is suspended until somebody resumes it`;
}

function degraded(application: Application, facts: Facts, lasting: boolean): Verdict {
  const { health } = application.status;
  const since = health.lastTransitionTime ?? facts.now;
  // It may have been live in between: nothing says that this deploy is the reason.
  if (facts.mark === undefined && since > startOf(application, facts) + facts.timeoutMs)
    return { kind: "waiting", reason: "the Application is degraded" };
  if (!lasting) return moving("health", health.message || "it is degraded, for a moment");
  const problems = unhealthy(application);
  const said = health.message || problems[0]?.message || "the Application is degraded";
  return { kind: "failed", failure: "controller", said, problems };
}

/** Whatever moves has to end. */
function inTime(verdict: Verdict, application: Application, facts: Facts): Verdict {
  const started = facts.mark !== undefined || facts.operated === "in";
  if (verdict.kind !== "moving" || !started || facts.now < startOf(application, facts) + facts.timeoutMs)
    return verdict;
  const problems = [...differing(application), ...unhealthy(application)];
  const why = verdict.step === "health" ? "it did not become healthy in time" : "it was not synced in time";
  return { kind: "failed", failure: "timeout", said: why, problems };
}

function moving(step: DeployStep, text: string, action?: Action): Moving {
  return { kind: "moving", step, text, ...(action !== undefined && { action }) };
}
