import type { ObjectProblem } from "../../model/deploy.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { visible } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { objectAt, textAt } from "../manifests/manifest.ts";
import { referenceOf } from "../manifests/read.ts";

/** What is wrong with a Pod, and where its last words are, if it had any. */
export interface PodProblem {
  readonly problem: ObjectProblem;
  /** In a line, for the title of a report: "image cannot be pulled". */
  readonly summary: string;
  /** The container whose log says why; `previous`: the run of it that ended. */
  readonly log?: { readonly container: string; readonly previous: boolean };
}

/** What keeps a Pod from being ready, the part of it that a person acts on; `undefined` when nothing does. */
export function podProblem(pod: JsonObject): PodProblem | undefined {
  for (const find of [waitingContainer, exitedContainer, unschedulable, failedPod, unreadyContainer]) {
    const found = find(pod);
    if (found !== undefined) return found;
  }
  return undefined;
}

const pullReasons = new Set([
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);
const configReasons = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

function waitingContainer(pod: JsonObject): PodProblem | undefined {
  for (const container of containersOf(pod)) {
    const waiting = objectAt(container, "state", "waiting");
    const reason = textAt(waiting, "reason");
    const message = textAt(waiting, "message");
    if (pullReasons.has(reason)) return cannotPull(pod, container, reason, message);
    if (reason === "CrashLoopBackOff") return crashing(pod, container);
    if (configReasons.has(reason))
      return found(
        pod,
        reason,
        `container ${nameOf(container)} cannot start: ${message || reason}`,
        "container cannot start",
      );
  }
  return undefined;
}

function cannotPull(pod: JsonObject, container: JsonObject, reason: string, message: string): PodProblem {
  const image = textAt(container, "image");
  const text = `pod ${podName(pod)} cannot pull ${image}${message === "" ? "" : `: ${message}`}`;
  return found(pod, reason, text, "image cannot be pulled", "Check that this tag exists there.");
}

function crashing(pod: JsonObject, container: JsonObject): PodProblem {
  const { exitCode } = objectAt(container, "lastState", "terminated");
  const code = typeof exitCode === "number" ? ` with code ${exitCode}` : "";
  const times = typeof container.restartCount === "number" ? `, ${count(container.restartCount, "time")}` : "";
  const text = `container ${nameOf(container)} in pod ${podName(pod)} exited${code}${times}`;
  return {
    ...found(pod, "CrashLoopBackOff", text, "pod keeps crashing"),
    log: { container: nameOf(container), previous: true },
  };
}

function exitedContainer(pod: JsonObject): PodProblem | undefined {
  const exited = containersOf(pod).find((one) => Number(objectAt(one, "state", "terminated").exitCode ?? 0) !== 0);
  if (exited === undefined) return undefined;
  const ended = objectAt(exited, "state", "terminated");
  const reason = textAt(ended, "reason") || "Error";
  const text = `container ${nameOf(exited)} in pod ${podName(pod)} exited with code ${String(ended.exitCode)}`;
  const summary = reason === "OOMKilled" ? "container ran out of memory" : "container failed";
  return { ...found(pod, reason, text, summary), log: { container: nameOf(exited), previous: false } };
}

function unschedulable(pod: JsonObject): PodProblem | undefined {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const text = `pod ${podName(pod)} cannot be placed on a node: ${textAt(scheduled, "message")}`;
  return found(pod, textAt(scheduled, "reason") || "Unschedulable", text, "pod cannot be scheduled");
}

function failedPod(pod: JsonObject): PodProblem | undefined {
  const status = objectAt(pod, "status");
  if (status.phase !== "Failed") return undefined;
  const [reason, message] = [textAt(status, "reason") || "Failed", textAt(status, "message")];
  return found(pod, reason, `pod ${podName(pod)} failed${message === "" ? "" : `: ${message}`}`, "pod failed");
}

/** It runs, and its probe does not say that it is ready. */
function unreadyContainer(pod: JsonObject): PodProblem | undefined {
  const unready = containersOf(pod).find((one) => one.ready === false && isJsonObject(objectAt(one, "state").running));
  if (unready === undefined) return undefined;
  const text = `container ${nameOf(unready)} in pod ${podName(pod)} runs and is not ready`;
  return {
    ...found(pod, "NotReady", text, "pod does not become ready"),
    log: { container: nameOf(unready), previous: false },
  };
}

function found(pod: JsonObject, reason: string, message: string, summary: string, fix?: string): PodProblem {
  const problem = { object: referenceOf(pod), reason: visible(reason), message: visible(message) };
  return { problem: { ...problem, ...(fix !== undefined && { fix }) }, summary };
}

function containersOf(pod: JsonObject): readonly JsonObject[] {
  const status = objectAt(pod, "status");
  return ["initContainerStatuses", "containerStatuses"].flatMap((field) => objectsIn(status[field]));
}

function condition(pod: JsonObject, type: string): JsonObject | undefined {
  return objectsIn(objectAt(pod, "status").conditions).find((one) => one.type === type);
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.filter((one) => isJsonObject(one));
}

function nameOf(container: JsonObject): string {
  return textAt(container, "name");
}

function podName(pod: JsonObject): string {
  return textAt(pod, "metadata", "name");
}

/** Why no Pod is made at all, such as a quota; `undefined` when that is not it. */
export function replicaFailure(workload: JsonObject): ObjectProblem | undefined {
  const failure = condition(workload, "ReplicaFailure");
  if (failure?.status !== "True") return undefined;
  const reason = textAt(failure, "reason") || "FailedCreate";
  return { object: referenceOf(workload), reason, message: visible(textAt(failure, "message")) };
}
