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

/** What keeps Pods of one workload from being ready: what waiting does not help first, and each thing once. */
export function podProblems(pods: readonly JsonObject[]): readonly PodProblem[] {
  const found = pods.flatMap((pod) => podProblem(pod) ?? []);
  const alike = Map.groupBy(found, ({ problem }) => `${problem.reason} ${withoutName(problem)}`);
  const each = [...alike.values()].flatMap(([first]) => first ?? []);
  return each.toSorted((a, b) => Number(isStuck(b)) - Number(isStuck(a)));
}

/** Whether it is more than a Pod that takes its time. */
export function isStuck({ problem: { reason } }: PodProblem): boolean {
  return reason !== notReady;
}

function withoutName({ message, object: { name } }: ObjectProblem): string {
  return message.replaceAll(name, "");
}

const notReady = "NotReady";

/** What keeps a Pod from being ready, the part of it that a person acts on; `undefined` when nothing does. */
export function podProblem(pod: JsonObject): PodProblem | undefined {
  // One that goes is not meant to be ready.
  if (textAt(pod, "metadata", "deletionTimestamp") !== "") return undefined;
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
  "SignatureValidationFailed",
]);
const configReasons = /^(?:CreateContainer.*Error|RunContainerError|StartError)$/;

function waitingContainer(pod: JsonObject): PodProblem | undefined {
  for (const container of containersOf(pod)) {
    const waiting = objectAt(container, "state", "waiting");
    const reason = textAt(waiting, "reason");
    const message = textAt(waiting, "message");
    if (pullReasons.has(reason)) return cannotPull(pod, container, reason, message);
    if (reason === "CrashLoopBackOff") return crashing(pod, container);
    if (configReasons.test(reason)) return cannotStart(pod, container, reason, message);
  }
  return undefined;
}

function cannotPull(pod: JsonObject, container: JsonObject, reason: string, message: string): PodProblem {
  const image = textAt(container, "image");
  // What registries and runtimes say last is why; before it stands who passed it on.
  const why = message.split(": ").at(-1)?.trim() ?? "";
  const text = `cannot pull ${image}${why === "" ? "" : `: ${why}`}`;
  return found(pod, reason, text, "image cannot be pulled", pullFix(why));
}

function pullFix(why: string): string {
  if (/denied|unauthori[sz]ed|forbidden|40[13]|credential/i.test(why))
    return "Check the pull secret, and that it may read this image.";
  if (/timeout|timed out|refused|no such host|unreachable/i.test(why)) return "Check that the registry can be reached.";
  return "Check that this tag exists there.";
}

function cannotStart(pod: JsonObject, container: JsonObject, reason: string, message: string): PodProblem {
  const fix = /not found/.test(message) ? "Add what is missing, or take the reference to it away." : undefined;
  const text = `${placeOf(pod, container)} cannot start: ${message || reason}`;
  return found(pod, reason, text, "container cannot start", fix);
}

function crashing(pod: JsonObject, container: JsonObject): PodProblem {
  const times = typeof container.restartCount === "number" ? `, ${count(container.restartCount, "time")}` : "";
  return ended(pod, container, objectAt(container, "lastState", "terminated"), {
    reason: "CrashLoopBackOff",
    times,
    summary: "pod keeps crashing",
    previous: true,
  });
}

function exitedContainer(pod: JsonObject): PodProblem | undefined {
  const container = containersOf(pod).find((one) => Number(terminated(one).exitCode ?? 0) !== 0);
  if (container === undefined) return undefined;
  const reason = textAt(terminated(container), "reason") || "Error";
  const how = { reason, times: "", summary: "container failed", previous: false };
  return ended(pod, container, terminated(container), how);
}

function terminated(container: JsonObject): JsonObject {
  return objectAt(container, "state", "terminated");
}

interface Ending {
  readonly reason: string;
  readonly times: string;
  readonly summary: string;
  readonly previous: boolean;
}

/** A container that ended, or keeps ending; one that needs more memory than it may have is told apart. */
function ended(pod: JsonObject, container: JsonObject, end: JsonObject, how: Ending): PodProblem {
  const log = { container: nameOf(container), previous: how.previous };
  const place = placeOf(pod, container);
  if (end.reason === "OOMKilled") {
    const text = `${place} was killed because it used more memory than its limit${how.times}`;
    const fix = "Raise its memory limit, or let it use less.";
    return { ...found(pod, "OOMKilled", text, "container ran out of memory", fix), log };
  }
  return { ...found(pod, how.reason, `${place} ${endText(end)}${how.times}`, how.summary), log };
}

function endText({ exitCode, signal, message }: JsonObject): string {
  const said = typeof message === "string" && message.trim() !== "" ? `: ${message.trim()}` : "";
  if (typeof signal === "number" && signal !== 0) return `was ended by signal ${signal}${said}`;
  if (exitCode === 0) return "ended, though it should go on";
  return typeof exitCode === "number" ? `exited with code ${exitCode}${said}` : "exited";
}

function unschedulable(pod: JsonObject): PodProblem | undefined {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const text = `cannot be placed on a node: ${textAt(scheduled, "message")}`;
  const fix = /Insufficient/.test(text) ? "Lower what it requests, or add nodes." : undefined;
  return found(pod, textAt(scheduled, "reason") || "Unschedulable", text, "pod cannot be scheduled", fix);
}

function failedPod(pod: JsonObject): PodProblem | undefined {
  const status = objectAt(pod, "status");
  if (status.phase !== "Failed") return undefined;
  const [reason, message] = [textAt(status, "reason") || "Failed", textAt(status, "message")];
  return found(pod, reason, `failed${message === "" ? "" : `: ${message}`}`, "pod failed");
}

/** It runs, and its probe does not say that it is ready. */
function unreadyContainer(pod: JsonObject): PodProblem | undefined {
  const unready = containersOf(pod).find((one) => one.ready === false && isJsonObject(objectAt(one, "state").running));
  if (unready === undefined) return undefined;
  const text = `${placeOf(pod, unready)} runs and is not ready`;
  return {
    ...found(pod, notReady, text, "pod does not become ready"),
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

function placeOf(pod: JsonObject, container: JsonObject): string {
  const isFirst = objectsIn(objectAt(pod, "status").initContainerStatuses).includes(container);
  return `${isFirst ? "init container" : "container"} \`${nameOf(container)}\``;
}

/** What an event says of an object. */
type Said = Readonly<Record<"reason" | "message", string>>;

/** Why no Pod is made at all, such as a quota; `undefined` when that is not it. */
export function replicaFailure(workload: JsonObject): ObjectProblem | undefined {
  const failure = condition(workload, "ReplicaFailure");
  if (failure?.status !== "True") return undefined;
  return cannotCreate(workload, textAt(failure, "reason") || "FailedCreate", textAt(failure, "message"));
}

/** The same of a workload that has no condition for it, such as a StatefulSet, by its events, the latest last. */
export function creationProblem(workload: JsonObject, events: readonly Said[]): ObjectProblem | undefined {
  const event = events.findLast(({ reason }) => reason === "FailedCreate");
  return event && cannotCreate(workload, event.reason, event.message);
}

function cannotCreate(workload: JsonObject, reason: string, message: string): ObjectProblem {
  const quota = /exceeded quota: .*/s.exec(message)?.[0];
  const fix = quota === undefined ? {} : { fix: "Raise the namespace's quota, or lower what the pods request." };
  return { object: referenceOf(workload), reason, message: visible(quota ?? message), ...fix };
}

/** What keeps a Pod that has a node from starting, which only events say, the latest last: a volume, the network. */
export function startProblem(pod: JsonObject, events: readonly Said[]): PodProblem | undefined {
  const event = events.findLast(({ reason }) => reason.startsWith("Failed") && reason !== "FailedScheduling");
  if (event === undefined || textAt(pod, "status", "phase") !== "Pending") return undefined;
  const text = `does not start: ${event.message || event.reason}`;
  return found(pod, event.reason, text, "pod cannot start");
}
