import type { DeployStatus } from "../../model/deploy.ts";
import type { CommitStatus, DeploymentStatusDraft } from "../../model/github-repository.ts";
import { count } from "../../model/text/lists.ts";
import { comingTime, lasting } from "../../model/text/times.ts";
import {
  appVersion,
  appVersions,
  type DeployIn,
  deploysIn,
  line,
  maxDescription,
  plain,
  podsText,
  type ToldDeploy,
  versionOf,
} from "./told-deploy.ts";

/** What a status of a Deployment says of the deploys that share it; `now` in milliseconds since the epoch. */
export function deploymentStatus(
  deploys: readonly ToldDeploy[],
  now: number,
): Pick<DeploymentStatusDraft, "state" | "description"> {
  const [only, ...more] = deploys;
  const text = only === undefined || more.length > 0 ? sharedText(deploys) : descriptionOf(only, now);
  return { state: deploymentState[overallState(deploys)], description: line(text, maxDescription) };
}

/** What the commit's status `sluice/<environment>` says of all deploys of an environment. */
export function commitStatus(deploys: readonly ToldDeploy[], now: number): Pick<CommitStatus, "state" | "description"> {
  const state = overallState(deploys);
  return { state: commitState[state], description: line(statusText(deploys, state, now), maxDescription) };
}

type State = DeployStatus["state"];

const deploymentState = {
  waiting: "queued",
  progressing: "in_progress",
  live: "success",
  failed: "failure",
  superseded: "inactive",
} as const satisfies Readonly<Record<State, DeploymentStatusDraft["state"]>>;

const commitState = {
  waiting: "pending",
  progressing: "pending",
  live: "success",
  failed: "failure",
  superseded: "success",
} as const satisfies Readonly<Record<State, CommitStatus["state"]>>;

/** The gravest state first: one that failed is not hidden by those that go on. */
const gravity = ["failed", "progressing", "waiting", "live", "superseded"] as const satisfies readonly State[];

/** The state of several deploys together. */
export function overallState(deploys: readonly ToldDeploy[]): State {
  return gravity.find((state) => deploys.some(({ status }) => status.state === state)) ?? "superseded";
}

function descriptionOf(deploy: ToldDeploy, now: number): string {
  const { status, operation } = deploy;
  switch (status.state) {
    case "waiting":
      return waitText(status, now);
    case "progressing":
      return `Deploying ${appVersion(deploy)} to ${plain(operation.environment)}${readyText(status)}`;
    case "live":
      return liveText({ ...deploy, status });
    case "failed":
      return `${appVersion(deploy)}: ${plain(status.failure.summary)}${stillText({ ...deploy, status })}`;
    case "superseded":
      return `Replaced: ${status.by.slice(0, 7)} is deployed in its place`;
    default:
      return status satisfies never;
  }
}

/** `Waiting: prod is on hold by mona until 30 Nov, 08:00 UTC`, as plain text. */
export function waitText({ reason, until }: DeployIn<"waiting">["status"], now: number): string {
  const end = until === undefined || / until /.test(reason) ? "" : ` until ${comingTime(until, now)}`;
  return `Waiting: ${plain(reason)}${end}`;
}

function readyText({ readiness }: DeployIn<"progressing">["status"]): string {
  return readiness === undefined || readiness.wanted === 0 ? "" : `: ${podsText(readiness)} ready`;
}

/** `webapp 1.5.0 is live and healthy in prod, 3 of 3 pods (2 min)`, as plain text. */
export function liveText(deploy: DeployIn<"live">): string {
  const { status, operation, branch } = deploy;
  const name = appVersion(deploy);
  if (branch !== undefined) return `${name} is rendered to ${plain(branch)} for ${plain(operation.environment)}`;
  const where = `in ${plain(operation.environment)}`;
  if (status.kept.length > 0)
    return `${name} is live ${where}; ${count(status.kept.length, "resource")} kept that Git no longer has`;
  return `${name} is live and healthy ${where}${servedBy(status)} (${tookText(status.since - operation.startedAt)})`;
}

function servedBy({ readiness }: DeployIn<"live">["status"]): string {
  return readiness === undefined || readiness.wanted === 0 ? "" : `, ${podsText(readiness)}`;
}

/** Seconds count only below two minutes. */
function tookText(ms: number): string {
  const rounded = ms < 120_000 ? ms : Math.round(ms / 60_000) * 60_000;
  return lasting(Math.max(rounded, 1_000));
}

/** `. 3 of 3 pods still run 1.4.0`, where that is known. */
function stillText({ status, before }: DeployIn<"failed">): string {
  if (before === undefined || before === "") return "";
  if (!status.failure.applied) return `. ${plain(before)} stays as it was`;
  const { readiness } = status;
  return readiness === undefined ? "" : `. ${podsText(readiness)} still run ${plain(before)}`;
}

/** One Deployment of many apps. */
function sharedText(deploys: readonly ToldDeploy[]): string {
  const apps = count(deploys.length, "app");
  const live = deploysIn(deploys, "live").length;
  const failed = deploysIn(deploys, "failed");
  const [first] = failed;
  const environment = plain(deploys[0]?.operation.environment ?? "");
  if (first !== undefined)
    return `${failed.length} of ${apps} failed in ${environment}: ${appVersion(first)}, ${plain(first.status.failure.summary)}`;
  if (live === deploys.length) return `${apps} are live and healthy in ${environment}`;
  const [waiting] = deploysIn(deploys, "waiting");
  if (waiting !== undefined && deploysIn(deploys, "progressing").length === 0)
    return `Waiting with ${apps}: ${plain(waiting.status.reason)}`;
  return overallState(deploys) === "superseded"
    ? "Replaced by what is deployed in its place"
    : `Deploying ${apps} to ${environment}: ${live} live`;
}

function statusText(deploys: readonly ToldDeploy[], state: State, now: number): string {
  switch (state) {
    case "failed":
      return failedStatusText(deploysIn(deploys, "failed"), deploys.length);
    case "progressing":
      return deployingStatusText(deploys);
    case "waiting": {
      const [first] = deploysIn(deploys, "waiting");
      return first === undefined ? "Waiting" : waitText(first.status, now);
    }
    case "live":
      return `Deployed: ${appVersions(deploysIn(deploys, "live"))}${onlyPods(deploys)}`;
    case "superseded":
      return "Replaced by what is deployed in its place";
    default:
      return state satisfies never;
  }
}

function failedStatusText(failed: readonly DeployIn<"failed">[], all: number): string {
  const [first] = failed;
  if (first === undefined) return "Failed";
  const why = `${appVersion(first)}, ${plain(first.status.failure.summary)}`;
  return all === 1 ? `Failed: ${why}` : `Failed: ${failed.length} of ${count(all, "app")}: ${why}`;
}

function deployingStatusText(deploys: readonly ToldDeploy[]): string {
  const [only, ...more] = deploys;
  if (only?.status.state === "progressing" && more.length === 0)
    return `Deploying: ${appVersion(only)}${readyText(only.status).replace(":", ",")}`;
  return `Deploying: ${deploysIn(deploys, "live").length} of ${count(deploys.length, "app")} live`;
}

function onlyPods(deploys: readonly ToldDeploy[]): string {
  const [only, ...more] = deploysIn(deploys, "live");
  return only === undefined || more.length > 0 ? "" : servedBy(only.status);
}

/** `webapp 1.5.0 failed in prod: image cannot be pulled`, as plain text. */
export function failedText(deploy: DeployIn<"failed">): string {
  return `${appVersion(deploy)} failed in ${plain(deploy.operation.environment)}: ${plain(deploy.status.failure.summary)}`;
}

/** The version that it was, and what of it serves. */
export function stillServing({ status, before, ...deploy }: DeployIn<"failed">): string | undefined {
  if (!status.failure.applied)
    return before ? `${plain(before)}; nothing was changed in the cluster` : "what was there; nothing was changed";
  if (!before || status.readiness === undefined) return undefined;
  const { ready, wanted } = status.readiness;
  const crashed = new Set(status.failure.problems.flatMap(({ object }) => (object.kind === "Pod" ? [object.name] : [])))
    .size;
  const serving = `${plain(before)} on ${podsText(status.readiness)}`;
  if (ready >= wanted || crashed === 0) return serving;
  const version = versionOf({ ...deploy, status });
  return `${serving}; ${count(crashed, "pod")} of ${version} ${notServing(status.failure.problems[0]?.reason, crashed)}`;
}

function notServing(reason: string | undefined, pods: number): string {
  if (reason === "CrashLoopBackOff") return pods === 1 ? "keeps crashing" : "keep crashing";
  if (reason === "ImagePullBackOff" || reason === "ErrImagePull") return "cannot start";
  return pods === 1 ? "is not ready" : "are not ready";
}
