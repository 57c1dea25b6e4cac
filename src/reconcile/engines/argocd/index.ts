import { fillTemplate } from "../../../config/values/templates.ts";
import type { DeployFailure, DeployStatus, DeployStep, StepReport } from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { labelOf } from "../../manifests/manifest.ts";
import { fieldManager } from "../apply/ports.ts";
import { descentOf } from "../controller/descent.ts";
import type { ControllerWork } from "../controller/environment.ts";
import {
  controllerOperation,
  type OperationMark,
  operationId,
  operationKey,
  readMark,
} from "../controller/operation.ts";
import { controllerFailure, controllerWords } from "../controller/words.ts";
import type { DeployEngine, Desired, StepResult } from "../engine.ts";
import { type Application, annotationOf, readApplication } from "./application.ts";
import { decide, type Facts, startOf, type Verdict } from "./decide.ts";
import { markPatch, patchOf } from "./patches.ts";
import { withPodReasons } from "./pods.ts";
import { isSame, type ReachWork, reaches } from "./reach.ts";
import { changedCount, unpruned } from "./resources.ts";
import { ownSources } from "./sources.ts";

/** Which Application deploys a target; `application` and `namespace` may hold placeholders. */
export interface ArgocdSettings {
  readonly application: string;
  readonly namespace: string;
  /** Whether syncs that Sluice starts delete what Git no longer has. */
  readonly prune: boolean;
}

/** When to look again while something moves, and while somebody or something else is waited for, in milliseconds. */
const [movingMs, waitingMs] = [3_000, 30_000];

/**
 * Has Argo CD deploy targets: asks it to look, starts a sync where it does not sync by itself, and says what it says of
 * the target's Application. All that is known between two steps stands there: in its status, and in one annotation.
 */
export function argocdEngine(work: ControllerWork, settings: ArgocdSettings): DeployEngine {
  return { step: (desired, signal) => step({ work, settings, desired, signal }) };
}

interface Step {
  readonly work: ControllerWork;
  readonly settings: ArgocdSettings;
  readonly desired: Desired;
  readonly signal: AbortSignal;
}

interface Found extends Step {
  readonly reference: ObjectReference;
  readonly application: Application;
  readonly reach: ReachWork;
  readonly facts: Facts;
}

async function step(one: Step): Promise<StepResult> {
  const { work, desired, settings, signal } = one;
  const { app, environment } = desired;
  const [name, namespace] = [settings.application, settings.namespace].map((text) =>
    fillTemplate(text, { app, environment }),
  );
  const kind = { apiVersion: "argoproj.io/v1alpha1", kind: "Application" };
  const reference: ObjectReference = { ...kind, name: name ?? "", namespace };
  work.checkAccess(reference, app);
  const live = await work.cluster.get(reference, signal);
  if (live === undefined) return absent(one, reference);
  const application = readApplication(live.object);
  const own = ownSources(application, { ...work, label: labelOf(reference), path: desired.path });
  const reach = { history: work.history, desired, own };
  const mark = readMark(annotationOf(application, operationKey));
  if (mark !== undefined && (await wasLive(mark, reach))) return recorded(desired, application, mark);
  const facts = await factsOf(one, application, reach, mark);
  return act({ ...one, reference, application, reach, facts });
}

/** It may come with the same commit, by another Application. */
function absent({ work, desired }: Step, reference: ObjectReference): StepResult {
  const now = work.clock();
  const status = { state: "waiting", reason: `there is no ${labelOf(reference)}` } as const;
  return { operation: controllerOperation(desired, now), status, again: now + waitingMs };
}

/** Whether the target was live already, as it is wanted now, for the same request: what came later is no part of it. */
async function wasLive({ id, live }: OperationMark, reach: ReachWork): Promise<boolean> {
  if (live === undefined || operationId({ ...reach.desired, head: live.head }) !== id) return false;
  const descent = await descentOf(reach.history, live.head, reach.desired.head);
  return descent === "same" || (descent === "behind" && isSame(live.head, reach));
}

function recorded(desired: Desired, application: Application, { startedAt, live }: OperationMark): StepResult {
  return {
    operation: controllerOperation(desired, startedAt),
    status: liveStatus(application, live?.since ?? startedAt),
  };
}

function liveStatus(application: Application, since: number): DeployStatus {
  return { state: "live", since, changed: changedCount(application), kept: unpruned(application) };
}

async function factsOf(
  { work, settings, desired }: Step,
  application: Application,
  reach: ReachWork,
  mark: OperationMark | undefined,
): Promise<Facts> {
  const id = operationId(desired);
  return {
    now: work.clock(),
    id,
    mark: mark?.id === id ? mark : undefined,
    // Who only watches asks for nothing.
    asked: desired.request !== undefined && !work.watchOnly,
    askedAt: desired.request?.at,
    watchOnly: work.watchOnly,
    prune: settings.prune,
    timeoutMs: work.timeoutMs,
    plain: reach.own.plain,
    ...(await reaches(application, reach)),
  };
}

async function act(found: Found): Promise<StepResult> {
  const { application, desired, facts } = found;
  const verdict = decide(application, facts);
  const startedAt = startOf(application, facts);
  const operation = controllerOperation(desired, startedAt);
  const mark = facts.mark ?? { id: facts.id, startedAt };
  const { now } = facts;
  switch (verdict.kind) {
    case "live":
      if (!facts.watchOnly)
        await write(found, markPatch(application, { ...mark, live: { since: verdict.since, head: desired.head } }));
      return { operation, status: liveStatus(application, verdict.since) };
    case "failed":
      return { operation, status: await failedStatus(found, verdict) };
    case "waiting":
      return {
        operation,
        status: { state: "waiting", reason: controllerWords(verdict.reason) },
        again: now + waitingMs,
      };
    case "moving": {
      if (verdict.action !== undefined && !facts.watchOnly) await carryOut(found, verdict.action, mark);
      const status = { state: "progressing", steps: stepsOf(verdict), deadline: startedAt + facts.timeoutMs } as const;
      return { operation, status, again: now + movingMs };
    }
    default:
      return verdict satisfies never;
  }
}

function carryOut(
  found: Found,
  action: NonNullable<Extract<Verdict, { kind: "moving" }>["action"]>,
  mark: OperationMark,
) {
  const { application, reach, settings, facts } = found;
  return write(found, patchOf(action, application, { mark, own: reach.own, prune: settings.prune, now: facts.now }));
}

/** Where somebody else wrote meanwhile, the next step looks at what they wrote. */
async function write({ work, reference, signal }: Found, patch: JsonObject): Promise<void> {
  await work.cluster.patch(reference, patch, { fieldManager, dryRun: false }, signal);
}

async function failedStatus(found: Found, verdict: Extract<Verdict, { kind: "failed" }>): Promise<DeployStatus> {
  const { application, facts } = found;
  const applied = application.status.operationState?.syncResult.resources.some(({ status }) => status === "Synced");
  const said = controllerFailure(verdict.said, verdict.problems, applied === true);
  const failure = await withPodReasons(found, { ...said, kind: verdict.failure });
  const at = Math.max(application.status.operationState?.finishedAt ?? 0, startOf(application, facts));
  return { state: "failed", at: Math.min(at, facts.now), failure, steps: failedSteps(failure) };
}

const order: readonly DeployStep[] = ["compare", "apply", "health"];
const done: Readonly<Partial<Record<DeployStep, string>>> = {
  compare: "Argo CD has the commit",
  apply: "it is synced",
};

function stepsOf({ step: current, text }: Extract<Verdict, { kind: "moving" }>): readonly StepReport[] {
  const before = order.slice(0, order.indexOf(current));
  const ended = before.map((one): StepReport => ({ step: one, state: "done", text: done[one] ?? "" }));
  return [...ended, { step: current, state: "current", text: controllerWords(text) }];
}

function failedSteps({ kind, summary }: DeployFailure): readonly StepReport[] {
  return kind === "controller" ? [{ step: "apply", state: "failed", text: summary }] : [];
}
