import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { objectAt, textAt } from "../manifests/manifest.ts";

/** Why Pods of a workload are not well, in the words of the kubelet, the scheduler or the controller. */
export interface PodReason {
  /** The field's word: `CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`, `FailedCreate`. */
  readonly reason: string;
  /** A sentence with the part that a person acts on; hostile. */
  readonly message: string;
  /** An imperative sentence, where it is known what helps. */
  readonly fix?: string;
  /** The first Pod that it is true of; absent where no Pod comes to be. */
  readonly pod?: string;
  /** The container whose last lines tell more, and whether they are those of the run before. */
  readonly logs?: { readonly container: string; readonly previous: boolean };
  /** How many Pods it is true of. */
  readonly pods: number;
  /** Whether waiting does not help: somebody has to change something. */
  readonly stuck: boolean;
}

/** What is known of a workload, as the API server gave it. */
export interface WorkloadParts {
  readonly pods: readonly JsonObject[];
  /** What makes the Pods: ReplicaSets, StatefulSets, Jobs, and what is above them. */
  readonly owners: readonly JsonObject[];
  /** Of the Pods and their owners. */
  readonly events: readonly JsonObject[];
}

type Finding = Omit<PodReason, "pods">;

/** A part of a Pod's status with what it belongs to. */
interface Container {
  readonly pod: JsonObject;
  readonly status: JsonObject;
  readonly isInit: boolean;
}

/** Why a workload's Pods are not well: what needs a person first, each reason once; none while all is well. */
export function podReasons({ pods, owners, events }: WorkloadParts): readonly PodReason[] {
  const current = pods.filter((pod) => textAt(pod, "metadata", "deletionTimestamp") === "");
  const findings = [
    ...owners.flatMap((owner) => creationFailure(owner, events) ?? []),
    ...current.flatMap((pod) => findingsOf(pod, events)),
  ];
  const groups = Map.groupBy(findings, sameness);
  const reasons = [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ ...first, pods: first.pod === undefined ? 0 : 1 + more.length }],
  );
  return reasons.toSorted((a, b) => Number(b.stuck) - Number(a.stuck));
}

/** Pods of one workload fail alike, and a Deployment repeats what its ReplicaSet says: only the names differ. */
function sameness({ reason, message, pod }: Finding): string {
  return JSON.stringify([reason, pod === undefined ? message.replace(/^.*?: /, "") : message.replaceAll(pod, "")]);
}

function findingsOf(pod: JsonObject, events: readonly JsonObject[]): readonly Finding[] {
  const containers = containersOf(pod);
  const found = containers.flatMap((container) => containerFinding(container) ?? []);
  if (found.length > 0) return found;
  const whole = podFinding(pod, events);
  if (whole !== undefined) return [whole];
  return containers.flatMap((container) => unready(container, events) ?? []);
}

function containersOf(pod: JsonObject): readonly Container[] {
  const status = objectAt(pod, "status");
  return [
    ...objects(status.initContainerStatuses).map((one) => ({ pod, status: one, isInit: true })),
    ...objects(status.containerStatuses).map((one) => ({ pod, status: one, isInit: false })),
  ];
}

function containerFinding(container: Container): Finding | undefined {
  const waiting = objectAt(container.status, "state", "waiting");
  const reason = textAt(waiting, "reason");
  if (pullReasons.has(reason)) return pullFinding(container, reason, textAt(waiting, "message"));
  if (/^CreateContainer.*Error$|^RunContainerError$|^StartError$/.test(reason))
    return configFinding(container, reason, textAt(waiting, "message"));
  const now = objectAt(container.status, "state", "terminated");
  const before = objectAt(container.status, "lastState", "terminated");
  if (isFailure(now)) return exitFinding(container, now, false);
  if (reason === "CrashLoopBackOff") return exitFinding(container, before, true);
  return undefined;
}

const pullReasons: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);

function pullFinding(container: Container, reason: string, message: string): Finding {
  const image = textAt(container.status, "image");
  const why = lastPart(message);
  return {
    reason,
    message: `pod ${nameOf(container.pod)} cannot pull ${image}${why && `: ${why}`}`,
    fix: pullFix(why),
    pod: nameOf(container.pod),
    stuck: true,
  };
}

function pullFix(why: string): string {
  if (/not ?found|manifest unknown|no such/i.test(why)) return "Check that this tag exists there.";
  if (/denied|unauthori[sz]ed|forbidden|401|403|credential/i.test(why))
    return "Check the pull secret, and that it may read this image.";
  return "Check the image's name, and that the registry can be reached.";
}

function configFinding(container: Container, reason: string, message: string): Finding {
  return {
    reason,
    message: `${placeOf(container)} cannot be started: ${message || reason}`,
    ...(/not found/.test(message) && { fix: "Add what is missing, or take the reference to it away." }),
    pod: nameOf(container.pod),
    stuck: true,
  };
}

function isFailure(terminated: JsonObject): boolean {
  const { exitCode, signal } = terminated;
  return (typeof exitCode === "number" && exitCode !== 0) || (typeof signal === "number" && signal !== 0);
}

function exitFinding(container: Container, terminated: JsonObject, previous: boolean): Finding {
  const isOutOfMemory = terminated.reason === "OOMKilled";
  return {
    reason: isOutOfMemory ? "OOMKilled" : previous ? "CrashLoopBackOff" : textAt(terminated, "reason") || "Error",
    message: `${placeOf(container)} ${endText(terminated)}${times(container.status.restartCount)}`,
    ...(isOutOfMemory && { fix: "Raise its memory limit, or let it use less." }),
    pod: nameOf(container.pod),
    logs: { container: textAt(container.status, "name"), previous },
    // A container that ended may still be started again; one that waits for that longer and longer will end again.
    stuck: previous || textAt(container.pod, "status", "phase") === "Failed",
  };
}

function endText({ reason, exitCode, signal, message }: JsonObject): string {
  const said = typeof message === "string" && message.trim() !== "" ? `: ${message.trim()}` : "";
  if (reason === "OOMKilled") return "was killed because it used more memory than its limit";
  if (typeof signal === "number" && signal !== 0) return `was ended by signal ${signal}${said}`;
  if (exitCode === 0) return "ended, though it should go on";
  return typeof exitCode === "number" ? `exited with code ${exitCode}${said}` : "ends again and again";
}

function times(restarts: Json | undefined): string {
  if (typeof restarts !== "number" || restarts < 1) return "";
  return restarts === 1 ? ", and was started again once" : `, and was started again ${restarts} times`;
}

function podFinding(pod: JsonObject, events: readonly JsonObject[]): Finding | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False" && scheduled.reason === "Unschedulable")
    return unschedulable(pod, textAt(scheduled, "message"));
  if (textAt(pod, "status", "phase") === "Failed") {
    const { reason, message } = objectAt(pod, "status");
    const word = typeof reason === "string" && reason !== "" ? reason : "Failed";
    const why = typeof message === "string" && message !== "" ? message : word;
    return { reason: word, message: `pod ${nameOf(pod)} failed: ${why}`, pod: nameOf(pod), stuck: true };
  }
  return blocked(pod, events);
}

function unschedulable(pod: JsonObject, message: string): Finding {
  return {
    reason: "Unschedulable",
    message: `no node takes pod ${nameOf(pod)}: ${message || "the scheduler does not say why"}`,
    ...(/Insufficient/.test(message) && { fix: "Lower what it requests, or add nodes." }),
    pod: nameOf(pod),
    stuck: true,
  };
}

/** What keeps a Pod that has a node from starting, which only events say: volumes, the network. */
function blocked(pod: JsonObject, events: readonly JsonObject[]): Finding | undefined {
  const event = latest(events, pod, (reason) => /^Failed(?!Scheduling)/.test(reason));
  if (event === undefined || textAt(pod, "status", "phase") !== "Pending") return undefined;
  const reason = textAt(event, "reason");
  const message = `pod ${nameOf(pod)} does not start: ${textAt(event, "message") || reason}`;
  return { reason, message, pod: nameOf(pod), stuck: false };
}

/** A container that runs and is not ready. */
function unready(container: Container, events: readonly JsonObject[]): Finding | undefined {
  const { status, pod, isInit } = container;
  const running = objectAt(status, "state").running;
  if (isInit || running === undefined || status.ready !== false) return undefined;
  const event = latest(events, pod, (reason) => reason === "Unhealthy");
  const why = event === undefined ? "it is not ready" : textAt(event, "message");
  return {
    reason: event === undefined ? "ContainersNotReady" : "Unhealthy",
    message: `${placeOf(container)} runs, but ${event === undefined ? why : `its probe fails: ${why}`}`,
    pod: nameOf(pod),
    logs: { container: textAt(status, "name"), previous: false },
    stuck: false,
  };
}

/** Why a controller cannot create Pods: a quota, an admission policy, a service account that is not there. */
function creationFailure(owner: JsonObject, events: readonly JsonObject[]): Finding | undefined {
  const condition = conditionOf(owner, "ReplicaFailure");
  const event = latest(events, owner, (reason) => reason === "FailedCreate");
  const said = condition?.status === "True" ? textAt(condition, "message") : textAt(event ?? {}, "message");
  if (said === "" || hasAllPods(owner)) return undefined;
  const quota = /exceeded quota: .*/.exec(said)?.[0];
  return {
    reason: "FailedCreate",
    message: `${String(owner.kind)} ${nameOf(owner)} cannot create pods: ${quota ?? said.replace(/^Error creating: /, "")}`,
    ...(quota !== undefined && { fix: "Raise the namespace's quota, or lower what the pods request." }),
    stuck: true,
  };
}

/** An event outlives what it was about. */
function hasAllPods(owner: JsonObject): boolean {
  const { replicas = 1 } = objectAt(owner, "spec");
  const { replicas: there } = objectAt(owner, "status");
  return typeof replicas === "number" && typeof there === "number" && there >= replicas;
}

function latest(
  events: readonly JsonObject[],
  { kind, metadata }: JsonObject,
  is: (reason: string) => boolean,
): JsonObject | undefined {
  const { name, uid } = isJsonObject(metadata) ? metadata : {};
  const about = events.filter((event) => {
    const target = objectAt(event, "involvedObject");
    const isIt = uid === undefined || target.uid === undefined ? target.name === name : target.uid === uid;
    return isIt && (kind === undefined || target.kind === kind) && is(textAt(event, "reason"));
  });
  return about.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).at(-1);
}

function timeOf(event: JsonObject): string {
  return textAt(event, "lastTimestamp") || textAt(event, "eventTime") || textAt(event, "firstTimestamp");
}

/** What registries and runtimes say last is why; before it stands who passed it on. */
function lastPart(message: string): string {
  return message.split(": ").at(-1)?.trim() ?? "";
}

function placeOf({ pod, status, isInit }: Container): string {
  return `${isInit ? "init container" : "container"} ${textAt(status, "name")} in pod ${nameOf(pod)}`;
}

function nameOf(object: JsonObject): string {
  return textAt(object, "metadata", "name");
}

function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return objects(objectAt(object, "status").conditions).find((one) => one.type === type);
}

function objects(list: Json | undefined): readonly JsonObject[] {
  const all: readonly Json[] = Array.isArray(list) ? list : [];
  return all.filter((one) => isJsonObject(one));
}
