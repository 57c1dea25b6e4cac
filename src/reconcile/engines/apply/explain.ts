import { redactMessage } from "../../../diff/index.ts";
import type { ClusterEvent, DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { clip, visible } from "../../../model/text/lines.ts";
import { type PodProblem, podProblem, replicaFailure } from "../../health/pods.ts";
import { objectAt } from "../../manifests/manifest.ts";
import { attempt } from "./problems.ts";
import type { Work } from "./work.ts";

/** So many objects are looked into, and so many Pods of each are told. */
const [maxObjects, maxPods] = [5, 2];
const [maxLines, maxLine, maxEvents] = [10, 200, 10];

/** A failure with what the Pods say of it, their last lines and events. Without the rights to read them, as it is. */
export async function explained(work: Work, failure: DeployFailure): Promise<DeployFailure> {
  if (!["health", "timeout", "hook"].includes(failure.kind)) return failure;
  const found: PodProblem[] = [];
  for (const { object } of failure.problems.slice(0, maxObjects)) found.push(...(await reasonsOf(work, object)));
  const problems = [];
  for (const one of found) problems.push(await withLastLines(work, one));
  const [first] = found;
  const events = first === undefined ? [] : await eventsOf(work, first.problem.object);
  const summary = first === undefined ? failure.summary : first.summary;
  return { ...failure, summary, problems: [...problems, ...failure.problems], events };
}

/** Why an object is not healthy: its Pods know. */
async function reasonsOf(work: Work, reference: ObjectReference): Promise<readonly PodProblem[]> {
  const { cluster } = work.ports;
  const tried = await attempt(reference, () => cluster.get(reference, work.signal));
  const object = "value" in tried ? tried.value?.object : undefined;
  if (object === undefined) return [];
  const none = replicaFailure(object);
  if (none !== undefined) return [{ problem: none, summary: "pods cannot be created" }];
  const labels = selectorOf(object);
  if (labels === "") return [];
  const query = { apiVersion: "v1", kind: "Pod", namespace: reference.namespace, labels };
  const pods = await attempt(reference, () => cluster.list(query, work.signal));
  if (!("value" in pods)) return [];
  return pods.value.flatMap((pod) => podProblem(pod.object) ?? []).slice(0, maxPods);
}

/** As `kubectl -l` takes it; empty where Pods are chosen otherwise, or not at all. */
function selectorOf(object: JsonObject): string {
  const { matchExpressions } = objectAt(object, "spec", "selector");
  if (matchExpressions !== undefined) return "";
  const labels = Object.entries(objectAt(object, "spec", "selector", "matchLabels"));
  return labels.map(([name, value]) => `${name}=${String(value)}`).join(",");
}

async function withLastLines(work: Work, { problem, log }: PodProblem): Promise<ObjectProblem> {
  const { namespace, name: pod } = problem.object;
  const told = { ...problem, message: redactMessage(problem.message) };
  if (log === undefined || namespace === undefined) return told;
  const query = { namespace, pod, container: log.container, previous: log.previous, tailLines: maxLines };
  const tail = await attempt(problem.object, () => work.ports.cluster.log(query, work.signal));
  if (!("value" in tail) || tail.value.kind === "none") return told;
  const lines = redactMessage(tail.value.text).trimEnd().split("\n").slice(-maxLines);
  return { ...told, lastLines: lines.map((line) => clip(visible(line), maxLine)) };
}

async function eventsOf(work: Work, object: ObjectReference): Promise<readonly ClusterEvent[]> {
  const tried = await attempt(object, () => work.ports.cluster.events(object, work.signal));
  if (!("value" in tried)) return [];
  return tried.value.slice(-maxEvents).map(({ lastSeen, message, reason }) => ({
    at: Date.parse(lastSeen) || work.now,
    object,
    message: clip(visible(redactMessage(message || reason)), maxLine),
  }));
}
