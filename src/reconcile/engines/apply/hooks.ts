import type { ObjectProblem } from "../../../model/deploy.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import type { LiveObject, ObjectReference } from "../../../model/kube.ts";
import { type RunResult, runResult } from "../../health/results.ts";
import { partOfLabel } from "../../inventory/apply-set.ts";
import { hookFinalizer, operationAnnotation, setAnnotation } from "../../manifests/annotations.ts";
import {
  annotation,
  labelOf,
  type Manifest,
  objectAt,
  textAt,
  withMetadata,
  withObject,
} from "../../manifests/manifest.ts";
import { readHook } from "../../order/hooks.ts";
import { type Hook, hookName } from "../../order/stages.ts";
import type { HookRun } from "./document.ts";
import { fieldManager } from "./ports.ts";
import { attempt, failureOf, toldMessage } from "./problems.ts";
import { type Outcome, type Work, waitOn } from "./work.ts";

/**
 * Starts the hooks that this operation has not started: each once, however often this is begun again. A hook says in an
 * annotation which operation started it, and stays until its result is read, whoever deletes it.
 */
export async function startHooks(work: Work, hooks: readonly Hook[]): Promise<Outcome> {
  const waiting: ObjectProblem[] = [];
  for (const hook of hooks.filter(({ key }) => work.document.hooks[key] === undefined)) {
    await work.confirmLease();
    const started = await startHook(work, hook);
    if (started === "waiting") waiting.push(notGone(work, hook));
    else if ("reason" in started) return { kind: "failed", failure: failureOf("hook", [started], true) };
    else work.update({ hooks: { ...work.document.hooks, [hook.key]: started } });
  }
  if (waiting.length === 0) return { kind: "done" };
  work.update({ problems: waiting });
  return waitOn(work, work.document.taskSince + work.rules.limits.waveMs);
}

function notGone(work: Work, hook: Hook): ObjectProblem {
  const { reference } = namedHook(work, hook);
  return { object: reference, reason: "Terminating", message: "the hook of an earlier deploy is not gone yet" };
}

/** `waiting`: an earlier one of its name is not gone yet. */
async function startHook(work: Work, hook: Hook): Promise<HookRun | "waiting" | ObjectProblem> {
  const manifest = namedHook(work, hook);
  const { reference } = manifest;
  const { cluster } = work.ports;
  const live = await cluster.get(reference, work.signal);
  if (live !== undefined && isOurs(work, live)) return runOf(work, hook, reference, live);
  if (live !== undefined) return deleteEarlier(work, reference, live);
  const how = { fieldManager, dryRun: false };
  const created = await attempt(reference, () => cluster.create(manifest, how, work.signal));
  if ("problem" in created) return created.problem;
  return created.value === "exists" ? "waiting" : runOf(work, hook, reference, created.value);
}

/** The hook as this operation makes it. */
function namedHook({ document: { operation }, ports: { store } }: Work, hook: Hook): Manifest {
  const { manifest } = hook;
  const name = hookName(hook, operation);
  const { generateName: _, ...metadata } = objectAt(manifest.object, "metadata");
  const { finalizers } = metadata;
  const held: readonly Json[] = Array.isArray(finalizers) ? finalizers : [];
  const object = withObject(manifest.object, ["metadata"], { ...metadata, name, finalizers: [...held, hookFinalizer] });
  const marked = withMetadata(object, "annotations", {
    [operationAnnotation]: operation.id,
    [setAnnotation]: store.id,
  });
  return { ...manifest, object: marked, reference: { ...manifest.reference, name } };
}

function isOurs({ document: { operation } }: Pick<Work, "document">, live: LiveObject): boolean {
  return annotation(live.object, operationAnnotation) === operation.id;
}

function runOf(
  work: Work,
  hook: Hook,
  { apiVersion, kind, name, namespace }: ObjectReference,
  live: LiveObject,
): HookRun {
  return {
    reference: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    uid: textAt(live.object, "metadata", "uid"),
    deadline: work.now + deadlineMs(hook.manifest.object, work.rules.limits.hookMs),
    deletion: [...hook.deletion],
    result: "running",
  };
}

/** A Job's own deadline ends it; a little later there is nothing to wait for. */
function deadlineMs(object: JsonObject, otherwise: number): number {
  const { activeDeadlineSeconds } = objectAt(object, "spec");
  return typeof activeDeadlineSeconds === "number" ? activeDeadlineSeconds * 1000 + graceMs : otherwise;
}

const graceMs = 30_000;

/** The hook of an earlier operation. Nothing else of that name is touched: it may be anything. */
async function deleteEarlier(
  work: Work,
  reference: ObjectReference,
  live: LiveObject,
): Promise<"waiting" | ObjectProblem> {
  const set = annotation(live.object, setAnnotation);
  const foreign = set !== "" && set !== work.ports.store.id;
  if (
    foreign ||
    readHook(live.object).kind === "none" ||
    textAt(live.object, "metadata", "labels", partOfLabel) !== ""
  ) {
    const message = `${labelOf(reference)} exists already and is ${foreign ? "a hook of another app" : "no hook"}`;
    return {
      object: reference,
      reason: "Exists",
      message,
      fix: "Give the hook another name, or delete what is there.",
    };
  }
  const deleted = await attempt(reference, () => deleteHook(work, reference, live));
  return "problem" in deleted ? deleted.problem : "waiting";
}

/** Deletes a hook; lets go of it first, so that nothing holds it. */
async function deleteHook(work: Work, reference: ObjectReference, live: LiveObject): Promise<void> {
  await releaseHook(work, reference, live);
  const uid = textAt(live.object, "metadata", "uid");
  await work.ports.cluster.delete(reference, { uid, propagation: "Background" }, work.signal);
}

async function releaseHook({ ports, signal }: Work, reference: ObjectReference, { object }: LiveObject): Promise<void> {
  const { finalizers, uid = null } = objectAt(object, "metadata");
  const held: readonly Json[] = Array.isArray(finalizers) ? finalizers : [];
  if (!held.includes(hookFinalizer)) return;
  const left = held.filter((one) => one !== hookFinalizer);
  const patch = { metadata: { uid, finalizers: left.length === 0 ? null : left } };
  await ports.cluster.patch(reference, patch, { fieldManager, dryRun: false }, signal);
}

/** Reads the results of the hooks that still run. */
export async function readHooks(work: Work): Promise<void> {
  for (const [key, run] of Object.entries(work.document.hooks)) {
    if (run.result !== "running") continue;
    const result = await resultOf(work, run);
    if (result.state === "running") continue;
    work.update({ hooks: { ...work.document.hooks, [key]: { ...run, ...ended(result) } } });
  }
}

function ended(result: HookResult): Pick<HookRun, "result" | "message" | "late"> {
  if (result.state === "late") return { result: "failed", message: "it did not end in time", late: true };
  return { result: result.state, ...(result.state === "failed" && { message: toldMessage(result.message) }) };
}

type HookResult = RunResult | { readonly state: "late" };

async function resultOf(work: Work, { reference, uid, deadline }: HookRun): Promise<HookResult> {
  const live = await work.ports.cluster.get(reference, work.signal);
  if (live === undefined || textAt(live.object, "metadata", "uid") !== uid)
    return { state: "failed", message: "it was deleted before its result was read" };
  const result = runResult(live.object) ?? (await healthResult(work, live));
  return result.state === "running" && work.now >= deadline ? { state: "late" } : result;
}

/** What is no Job and no Pod has ended when it is healthy. */
async function healthResult({ ports, rules, signal }: Work, live: LiveObject): Promise<RunResult> {
  const [health] = await ports.health.health([live], rules.health, signal);
  switch (health?.status) {
    case "healthy":
      return { state: "succeeded" };
    case "degraded":
      return { state: "failed", message: health.message || "it failed" };
    default:
      return { state: "running" };
  }
}

/** What hooks have left open: those that run, and those that failed. */
export function hookOutcome(work: Work, keys: readonly string[]): Outcome {
  const own = keys.flatMap((key) => work.document.hooks[key] ?? []);
  const failed = own.filter(({ result }) => result === "failed");
  const running = own.filter(({ result }) => result === "running");
  if (failed.length > 0) return { kind: "failed", failure: failureOf("hook", failed.map(problemOf), true) };
  if (running.length === 0) return { kind: "done" };
  const message = "it has not ended yet";
  work.update({ problems: running.map(({ reference }) => ({ object: reference, reason: "Running", message })) });
  // Whether a hook is late is found when its result is read.
  return waitOn(work, Number.POSITIVE_INFINITY);
}

function problemOf({ reference, message = "it failed" }: HookRun): ObjectProblem {
  return { object: reference, reason: "HookFailed", message };
}

/**
 * Lets go of every hook of the operation, and deletes those that their policies say, and those that still run: nobody
 * waits for them any more.
 */
export async function endHooks(work: Work): Promise<void> {
  for (const run of Object.values(work.document.hooks)) {
    const { reference, result, deletion, late = false } = run;
    const live = await work.ports.cluster.get(reference, work.signal);
    if (live === undefined || !isOurs(work, live)) continue;
    await work.confirmLease();
    const ends = result === "running" || late || deletion.includes(result);
    // Where that is forbidden the hook stays; how the operation ended does not depend on it.
    await attempt(reference, () => (ends ? deleteHook(work, reference, live) : releaseHook(work, reference, live)));
  }
}
