import type { KeptObject, ObjectProblem } from "../../../model/deploy.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { visible } from "../../../model/text/lines.ts";
import type { Application, ApplicationResource } from "./application.ts";

/** At most so many are reported. */
const most = 50;

/** The object that a status names. */
export function referenceOf({ group, version, kind, namespace, name }: ApplicationResource): ObjectReference {
  const apiVersion = [group, version].filter((part) => part !== "").join("/");
  return { apiVersion, kind: visible(kind), name: visible(name), ...(namespace !== "" && { namespace }) };
}

/** What kept a sync from ending well: objects that were not applied, hooks that failed. */
export function syncProblems({ status: { operationState } }: Application): readonly ObjectProblem[] {
  const results = operationState?.syncResult.resources ?? [];
  return results
    .filter((one) => one.status === "SyncFailed" || isFailedHook(one))
    .slice(0, most)
    .map((one) => {
      const reason = one.status === "SyncFailed" ? "SyncFailed" : "HookFailed";
      return { object: referenceOf(one), reason, message: one.message || "it failed" };
    });
}

function isFailedHook({ hookType, hookPhase }: ApplicationResource): boolean {
  return hookType !== "" && ["Failed", "Error"].includes(hookPhase);
}

/** Whether a hook is at work. */
export function hookRuns({ status: { operationState } }: Application): boolean {
  return (operationState?.syncResult.resources ?? []).some(
    ({ hookType, hookPhase }) => hookType !== "" && hookPhase === "Running",
  );
}

/** What Argo CD says is not healthy, where it says so of single objects. */
export function unhealthy({ status: { resources } }: Application): readonly ObjectProblem[] {
  return resources
    .filter(({ health }) => !["", "Healthy"].includes(health.status))
    .slice(0, most)
    .map((one) => ({
      object: referenceOf(one),
      reason: one.health.status,
      message: one.health.message || `it is ${one.health.status}`,
    }));
}

/** What differs between cluster and Git, what is only to be pruned left out. */
export function differing({ status: { resources } }: Application): readonly ObjectProblem[] {
  return resources
    .filter(({ status, requiresPruning, hook }) => status === "OutOfSync" && !requiresPruning && !hook)
    .slice(0, most)
    .map((one) => ({ object: referenceOf(one), reason: "OutOfSync", message: "differs from Git after the sync" }));
}

/** What Git no longer has and Argo CD has not pruned. A hook that is still there counts as such, and is none. */
export function unpruned({ status: { resources } }: Application): readonly KeptObject[] {
  return resources
    .filter(({ requiresPruning, hook }) => requiresPruning && !hook)
    .slice(0, most)
    .map((one) => ({ object: referenceOf(one), reason: "Argo CD was not told to prune" }));
}

/** How many objects the last sync wrote. */
export function changedCount({ status: { operationState } }: Application): number {
  const results = operationState?.syncResult.resources ?? [];
  return results.filter(
    ({ status, message, hookType }) =>
      hookType === "" && ["Synced", "Pruned"].includes(status) && !/\bunchanged\b/.test(message),
  ).length;
}

/** Kinds that have Pods, and say nothing secret. */
export const workloads: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job"]);

/** Objects whose Pods may say why something is not healthy: those that are not, or else all workloads. */
export function suspects(application: Application): readonly ObjectReference[] {
  const named = unhealthy(application).map(({ object }) => object);
  if (named.length > 0) return named;
  return application.status.resources.filter(({ kind }) => workloads.has(kind)).map(referenceOf);
}
