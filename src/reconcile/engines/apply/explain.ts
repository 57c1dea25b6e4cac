import { redactMessage } from "../../../diff/index.ts";
import type { ClusterEvent, DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectEvent, ObjectReference } from "../../../model/kube.ts";
import { clip, visible } from "../../../model/text/lines.ts";
import { creationProblem, type PodProblem, podProblems, replicaFailure, startProblem } from "../../health/pods.ts";
import { referenceOf } from "../../manifests/read.ts";
import type { Look } from "./own-pods.ts";
import { attempt, toldProblem } from "./problems.ts";
import { podsOf } from "./workload-pods.ts";

/** So many objects are looked into, and so many Pods of each are reported. */
const [maxObjects, maxPods] = [5, 2];
const [maxLines, maxLine, maxEvents] = [10, 200, 10];
const cannotCreate = "pods cannot be created";

/** A failure with what the Pods say of it, their last lines and events. Without the rights to read them, as it is. */
export async function explained(look: Look, failure: DeployFailure): Promise<DeployFailure> {
  if (!["health", "timeout", "hook", "controller"].includes(failure.kind)) return failure;
  const found: PodProblem[] = [];
  for (const { object } of failure.problems.slice(0, maxObjects)) found.push(...(await reasonsOf(look, object)));
  const problems = [];
  for (const one of found) problems.push(await withLastLines(look, one));
  const [first] = found;
  const events = first === undefined ? [] : await eventsOf(look, first.problem.object);
  const summary = first === undefined ? failure.summary : first.summary;
  return { ...failure, summary, problems: [...problems, ...failure.problems], events };
}

/** Why an object is not healthy: its Pods know. */
async function reasonsOf(look: Look, reference: ObjectReference): Promise<readonly PodProblem[]> {
  const { cluster } = look;
  const tried = await attempt(reference, () => cluster.get(reference, look.signal));
  const object = "value" in tried ? tried.value?.object : undefined;
  if (object === undefined) return [];
  const none = replicaFailure(object);
  if (none !== undefined) return [{ problem: none, summary: cannotCreate }];
  const pods = await podsOf(look, object);
  if (pods === undefined) return [];
  const found = podProblems(pods).slice(0, maxPods);
  if (found.length > 0) return found;
  return pods.length === 0 ? creationProblems(look, object) : startProblems(look, pods.slice(0, maxPods));
}

/** Of a workload that has no Pods, where its status does not say why. */
async function creationProblems(look: Look, workload: JsonObject): Promise<readonly PodProblem[]> {
  const problem = creationProblem(workload, await saidOf(look, referenceOf(workload)));
  return problem === undefined ? [] : [{ problem, summary: cannotCreate }];
}

/** Of Pods whose status does not say why they do not start. */
async function startProblems(look: Look, pods: readonly JsonObject[]): Promise<readonly PodProblem[]> {
  const found = [];
  for (const pod of pods) found.push(startProblem(pod, await saidOf(look, referenceOf(pod))));
  return found.filter((one) => one !== undefined);
}

async function saidOf(look: Look, reference: ObjectReference): Promise<readonly ObjectEvent[]> {
  const tried = await attempt(reference, () => look.cluster.events(reference, look.signal));
  return "value" in tried ? tried.value : [];
}

async function withLastLines(look: Look, { problem, log }: PodProblem): Promise<ObjectProblem> {
  const { namespace, name: pod } = problem.object;
  const told = toldProblem(problem);
  if (log === undefined || namespace === undefined) return told;
  const query = { namespace, pod, container: log.container, previous: log.previous, tailLines: maxLines };
  const tail = await attempt(problem.object, () => look.cluster.log(query, look.signal));
  if (!("value" in tail) || tail.value.kind === "none") return told;
  const lines = redactMessage(tail.value.text).trimEnd().split("\n").slice(-maxLines);
  return { ...told, lastLines: lines.map((line) => clip(visible(line), maxLine)) };
}

async function eventsOf(look: Look, object: ObjectReference): Promise<readonly ClusterEvent[]> {
  return (await saidOf(look, object)).slice(-maxEvents).map(({ lastSeen, message, reason }) => ({
    at: Date.parse(lastSeen) || look.now,
    object,
    message: clip(visible(redactMessage(message || reason)), maxLine),
  }));
}
