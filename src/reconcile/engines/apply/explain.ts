import { redactMessage } from "../../../diff/index.ts";
import type { ClusterEvent, DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
<<<<<<< HEAD
import type { ListQuery, ObjectReference } from "../../../model/kube.ts";
import { clip, visible } from "../../../model/text/lines.ts";
import { type PodReason, podReasons } from "../../health/pod-reasons.ts";
=======
import type { LiveObject, ObjectEvent, ObjectReference } from "../../../model/kube.ts";
import { clip, visible } from "../../../model/text/lines.ts";
import { creationProblem, type PodProblem, podProblems, replicaFailure, startProblem } from "../../health/pods.ts";
>>>>>>> s5-h
import { objectAt } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import { attempt } from "./problems.ts";
import type { Work } from "./work.ts";

<<<<<<< HEAD
/** So many objects are looked into, and so many reasons of each are told. */
const [maxObjects, maxReasons] = [5, 2];
const [maxMessage, maxLines, maxLine, maxEvents] = [500, 10, 200, 10];
=======
/** So many objects are looked into, and so many Pods of each are told. */
const [maxObjects, maxPods] = [5, 2];
const [maxLines, maxLine, maxEvents] = [10, 200, 10];
const cannotCreate = "pods cannot be created";
>>>>>>> s5-h

/** A failure with what the Pods say of it, their last lines and events. Without the rights to read them, as it is. */
export async function explained(work: Work, failure: DeployFailure): Promise<DeployFailure> {
  if (!["health", "timeout", "hook"].includes(failure.kind)) return failure;
  const reasons: ObjectProblem[] = [];
  for (const { object } of failure.problems.slice(0, maxObjects)) reasons.push(...(await reasonsOf(work, object)));
  const [first] = reasons;
  if (first === undefined) return failure;
  const summary = summaries.get(first.reason) ?? clip(first.message, maxLine);
  const events = await eventsOf(work, first.object);
  return { ...failure, summary, problems: [...reasons, ...failure.problems], events };
}

/** The field's words in a line, for titles. */
const summaries: ReadonlyMap<string, string> = new Map([
  ["ImagePullBackOff", "image cannot be pulled"],
  ["ErrImagePull", "image cannot be pulled"],
  ["InvalidImageName", "image cannot be pulled"],
  ["CrashLoopBackOff", "pod keeps crashing"],
  ["OOMKilled", "container ran out of memory"],
  ["Unschedulable", "pod cannot be scheduled"],
  ["FailedCreate", "pods cannot be created"],
  ["Unhealthy", "pod does not become ready"],
  ["ContainersNotReady", "pod does not become ready"],
]);

/** Why an object is not healthy: its Pods know. */
async function reasonsOf(work: Work, reference: ObjectReference): Promise<readonly ObjectProblem[]> {
  const { cluster } = work.ports;
  const tried = await attempt(reference, () => cluster.get(reference, work.signal));
  const object = "value" in tried ? tried.value?.object : undefined;
<<<<<<< HEAD
  const labels = object === undefined ? "" : selectorOf(object);
  if (object === undefined || labels === "") return [];
  const { namespace } = reference;
  const pods = await listed(work, reference, { apiVersion: "v1", kind: "Pod", namespace, labels });
  const sets = await listed(work, reference, { apiVersion: "apps/v1", kind: "ReplicaSet", namespace, labels });
  const events = await listed(work, reference, { apiVersion: "v1", kind: "Event", namespace, fields: "type=Warning" });
  const problems: ObjectProblem[] = [];
  for (const reason of podReasons({ pods, owners: [object, ...sets], events }).slice(0, maxReasons))
    problems.push(await problemOf(work, reference, reason));
  return problems;
=======
  if (object === undefined) return [];
  const none = replicaFailure(object);
  if (none !== undefined) return [{ problem: none, summary: cannotCreate }];
  const labels = selectorOf(object);
  if (labels === "") return [];
  const query = { apiVersion: "v1", kind: "Pod", namespace: reference.namespace, labels };
  const pods = await attempt(reference, () => cluster.list(query, work.signal));
  if (!("value" in pods)) return [];
  const found = podProblems(pods.value.map((pod) => pod.object)).slice(0, maxPods);
  if (found.length > 0) return found;
  if (pods.value.length === 0) return creationProblems(work, object);
  return startProblems(work, pods.value.slice(0, maxPods));
}

/** Of a workload that has no Pods, where its status does not say why. */
async function creationProblems(work: Work, workload: JsonObject): Promise<readonly PodProblem[]> {
  const problem = creationProblem(workload, await saidOf(work, referenceOf(workload)));
  return problem === undefined ? [] : [{ problem, summary: cannotCreate }];
}

/** Of Pods whose status does not say why they do not start. */
async function startProblems(work: Work, pods: readonly LiveObject[]): Promise<readonly PodProblem[]> {
  const found = [];
  for (const { object } of pods) found.push(startProblem(object, await saidOf(work, referenceOf(object))));
  return found.filter((one) => one !== undefined);
}

async function saidOf(work: Work, reference: ObjectReference): Promise<readonly ObjectEvent[]> {
  const tried = await attempt(reference, () => work.ports.cluster.events(reference, work.signal));
  return "value" in tried ? tried.value : [];
>>>>>>> s5-h
}

/** As `kubectl -l` takes it; empty where Pods are chosen otherwise, or not at all. */
function selectorOf(object: JsonObject): string {
  const { matchExpressions } = objectAt(object, "spec", "selector");
  if (matchExpressions !== undefined) return "";
  const labels = Object.entries(objectAt(object, "spec", "selector", "matchLabels"));
  return labels.map(([name, value]) => `${name}=${String(value)}`).join(",");
}

async function listed(work: Work, about: ObjectReference, query: ListQuery): Promise<readonly JsonObject[]> {
  const tried = await attempt(about, () => work.ports.cluster.list(query, work.signal));
  return "value" in tried ? tried.value.map(({ object }) => object) : [];
}

async function problemOf(work: Work, workload: ObjectReference, found: PodReason): Promise<ObjectProblem> {
  const { pod, reason, message, fix, logs } = found;
  const object = pod === undefined ? workload : podReference(workload, pod);
  const lastLines = pod === undefined || logs === undefined ? [] : await lastLinesOf(work, object, logs);
  return {
    object,
    reason: visible(reason),
    message: clip(visible(redactMessage(message)), maxMessage),
    ...(fix !== undefined && { fix }),
    ...(lastLines.length > 0 && { lastLines }),
  };
}

function podReference({ namespace }: ObjectReference, name: string): ObjectReference {
  return { apiVersion: "v1", kind: "Pod", name, ...(namespace !== undefined && { namespace }) };
}

async function lastLinesOf(
  { ports, signal }: Work,
  object: ObjectReference,
  { container, previous }: NonNullable<PodReason["logs"]>,
): Promise<readonly string[]> {
  const { namespace, name: pod } = object;
  if (namespace === undefined) return [];
  const query = { namespace, pod, container, previous, tailLines: maxLines };
  const tail = await attempt(object, () => ports.cluster.log(query, signal));
  if (!("value" in tail) || tail.value.kind === "none") return [];
  const lines = redactMessage(tail.value.text).trimEnd().split("\n").slice(-maxLines);
  return lines.map((line) => clip(visible(line), maxLine));
}

async function eventsOf(work: Work, object: ObjectReference): Promise<readonly ClusterEvent[]> {
  return (await saidOf(work, object)).slice(-maxEvents).map(({ lastSeen, message, reason }) => ({
    at: Date.parse(lastSeen) || work.now,
    object,
    message: clip(visible(redactMessage(message || reason)), maxLine),
  }));
}
