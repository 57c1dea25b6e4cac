import type { ChangePorts } from "../../change/ports.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { type EventKind, eventId } from "../../model/events.ts";
import type { DeploymentStatus } from "../../model/github-repository.ts";
import type { Records } from "../../model/records.ts";
import { deployCheck, deployCheckName } from "../text/deploy-check.ts";
import { commitStatus, deploymentStatus } from "../text/descriptions.ts";
import { type DeployIn, deploysIn } from "../text/told-deploy.ts";
import { type FindPull, findPulls } from "./brought-by.ts";
import { type CommentParts, commentFailed, commentKept, commentWaiting } from "./comments.ts";
import { liveBefore, type Outdated, outdatedBy, type SharedDeployment } from "./deployments.ts";
import { keyOf, type Reported, type ReportedApps, waitMs } from "./reported.ts";
import { type Told, versionTextOf } from "./told.ts";

/** What reports act through. */
export interface ReportPorts extends Pick<ChangePorts, "queue" | "renderer" | "clock" | "log" | "events"> {
  readonly records: Records;
}

/** How often a Deployment that is under way says how far it is, in milliseconds. */
const progressEveryMs = 60_000;

/** One run of a report. */
export interface Run extends CommentParts {
  readonly ports: ReportPorts;
  readonly pullOf: FindPull;
  /** Reads each once. */
  readonly statuses: (id: number) => Promise<readonly DeploymentStatus[]>;
  readonly known: Map<number, Promise<readonly DeploymentStatus[]>>;
  /** What was said before. */
  readonly before: ReportedApps;
}

/** Begins one. */
export function startRun(
  ports: ReportPorts,
  context: RepositoryContext,
  environment: string,
  before: ReportedApps,
): Run {
  const known = new Map<number, Promise<readonly DeploymentStatus[]>>();
  const statuses = (id: number) => {
    const read = known.get(id) ?? context.github.deploymentStatuses(id);
    known.set(id, read);
    return read;
  };
  const now = ports.clock();
  return { ports, context, environment, now, before, statuses, known, pullOf: findPulls(ports, context) };
}

/** What was said already of another app, with the Deployment that it was said of. */
export interface Rest {
  readonly deploy: Told;
  readonly before: Reported;
}

/** Since when apps wait, by app. */
type Waits = ReadonlyMap<string, NonNullable<Reported["waits"]>>;

/** What became of a report. */
export interface Written {
  readonly waits: Waits;
  /** Deployments that say by now how it is, by number. */
  readonly current: ReadonlySet<number>;
}

/**
 * Writes what is new: the statuses of Deployments last, so that what has one that is up to date has all the rest.
 */
export async function writeReport(
  run: Run,
  shared: readonly SharedDeployment[],
  rest: readonly Rest[],
): Promise<Written> {
  for (const { deployment, made } of shared) if (made) run.known.set(deployment.id, Promise.resolve([]));
  const whole: SharedDeployment[] = [];
  for (const one of shared) {
    const own = await withoutIdle(run, withRest(one, rest));
    if (own.deploys.length > 0) whole.push(await withBefore(run, own));
  }
  const stale: SharedDeployment[] = [];
  for (const one of whole) if (await isStale(run, one)) stale.push(one);
  const outdated: Outdated[] = [];
  for (const one of stale) outdated.push(...(await outdatedBy(one, isLive(one), run.statuses)));
  await endUnderWay(run, outdated, stale);
  const urls = await writeCommits(run, whole, stale, rest);
  const { waits, comments } = await writeComments(run, whole, stale);
  await endReplaced(run, outdated, stale);
  for (const one of stale) {
    await addStatus(run, one, comments.get(one.deployment.id) ?? urls.get(one.deployment.sha));
    await announceDeploy(run, one);
  }
  await enqueueStatusComments(run, whole, stale);
  return { waits, current: await currentOf(run, whole, stale) };
}

/** A Deployment of many apps says how all of them are. */
function withRest(one: SharedDeployment, rest: readonly Rest[]): SharedDeployment {
  const others = rest.filter(({ before }) => before.deployment === one.deployment.id).map(({ deploy }) => deploy);
  return { ...one, deploys: [...one.deploys, ...others] };
}

/** What is deployed, or failed, waits for nothing: a hold stops only what comes after it. */
async function withoutIdle({ statuses }: Run, one: SharedDeployment): Promise<SharedDeployment> {
  const state = (await statuses(one.deployment.id)).at(-1)?.state ?? "queued";
  if (state === "queued" || state === "pending" || state === "in_progress") return one;
  return { ...one, deploys: one.deploys.filter(({ status }) => status.state !== "waiting") };
}

function isLive({ deploys }: SharedDeployment): boolean {
  return deploys.every(({ status }) => status.state === "live");
}

/** Whether the Deployment's last status says something else, or somebody else said it. */
async function isStale({ statuses, now }: Run, { deployment, deploys }: SharedDeployment): Promise<boolean> {
  const last = (await statuses(deployment.id)).at(-1);
  const wanted = deploymentStatus(deploys, now);
  if (last?.state !== wanted.state || !last.byApp) return true;
  // Since when it is live, and how long it took, does not change.
  if (wanted.state === "success" || last.description === wanted.description) return false;
  return wanted.state !== "in_progress" || now - Date.parse(last.at) >= progressEveryMs;
}

/** With what was live before, where that has to be said. */
async function withBefore({ ports, context, statuses }: Run, one: SharedDeployment): Promise<SharedDeployment> {
  const deploys: Told[] = [];
  for (const deploy of one.deploys) {
    const version =
      deploy.status.state === "failed"
        ? await liveBefore(ports, context, deploy.operation, one.older, statuses)
        : undefined;
    deploys.push(version === undefined ? deploy : { ...deploy, before: versionTextOf(version) });
  }
  return { ...one, deploys };
}

/** Says on commits whose deploys end on their way what takes their place. */
async function endUnderWay(run: Run, outdated: readonly Outdated[], stale: readonly SharedDeployment[]): Promise<void> {
  const by = stale[0]?.deploys[0]?.operation.head ?? "";
  const underWay = outdated.filter(({ state, deployment }) => state !== "success" && deployment.sha !== by);
  for (const sha of new Set(underWay.map(({ deployment }) => deployment.sha))) {
    const apps = stale.flatMap(({ deploys }) => deploys);
    const ended = apps.map((one) => ({
      ...one,
      operation: { ...one.operation, head: sha },
      status: { state: "superseded", by } as const,
    }));
    await writeCommit(run, sha, ended, true);
  }
}

/** The check and the status of each commit that is deployed; gives the addresses of the checks. */
async function writeCommits(
  run: Run,
  whole: readonly SharedDeployment[],
  stale: readonly SharedDeployment[],
  rest: readonly Rest[],
): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const [sha, own] of Map.groupBy(whole, ({ deployment }) => deployment.sha)) {
    const deploys = own.flatMap((one) => one.deploys);
    const apps = new Set(deploys.map(({ operation }) => operation.app));
    const others = rest.filter(({ before, deploy }) => before.sha === sha && !apps.has(deploy.operation.app));
    const isNew = own.some(({ deployment }) => stale.some((one) => one.deployment.id === deployment.id));
    urls.set(sha, await writeCommit(run, sha, [...deploys, ...others.map(({ deploy }) => deploy)], isNew));
  }
  return urls;
}

async function writeCommit(
  { context: { github }, environment, now }: Run,
  sha: string,
  deploys: readonly Told[],
  withStatus: boolean,
): Promise<string> {
  const check = deployCheck(deploys, now);
  const { url } = await github.upsertCheck({ name: deployCheckName, headSha: sha, externalId: environment, ...check });
  if (withStatus)
    await github.setCommitStatus({ sha, context: `sluice/${environment}`, url, ...commitStatus(deploys, now) });
  return url;
}

interface Commented {
  readonly waits: Waits;
  /** Of what failed, by the Deployment's number. */
  readonly comments: ReadonlyMap<number, string>;
}

/** Those that were written, or said so before. */
async function currentOf(
  { statuses, now }: Run,
  whole: readonly SharedDeployment[],
  stale: readonly SharedDeployment[],
): Promise<ReadonlySet<number>> {
  const current = new Set(stale.map(({ deployment }) => deployment.id));
  for (const { deployment, deploys } of whole) {
    const last = (await statuses(deployment.id)).at(-1);
    if (last?.description === deploymentStatus(deploys, now).description) current.add(deployment.id);
  }
  return current;
}

/** What people must know now. */
async function writeComments(
  run: Run,
  whole: readonly SharedDeployment[],
  stale: readonly SharedDeployment[],
): Promise<Commented> {
  const comments = new Map<number, string>();
  const deploys = stale.flatMap((one) => one.deploys);
  const urls = await commentFailed(run, failuresWith(whole, stale), await attemptOf(run, stale));
  for (const { deployment, deploys: own } of stale) {
    const url = own.map(({ operation }) => urls.get(operation.app)).find((one) => one !== undefined);
    if (url !== undefined) comments.set(deployment.id, url);
  }
  await commentKept(run, deploys);
  return { waits: await writeWaiting(run, whole), comments };
}

/** Those that failed just now, and those of the same commits that had failed before: they share a comment. */
function failuresWith(whole: readonly SharedDeployment[], stale: readonly SharedDeployment[]): readonly Told[] {
  const shas = new Set(stale.filter(hasFailed).map(({ deployment }) => deployment.sha));
  return whole.filter((one) => hasFailed(one) && shas.has(one.deployment.sha)).flatMap(({ deploys }) => deploys);
}

function hasFailed({ deploys }: SharedDeployment): boolean {
  return deploys.some(({ status }) => status.state === "failed");
}

/** How often they failed before: each time has a comment of its own, as edits notify nobody. */
async function attemptOf({ statuses }: Run, stale: readonly SharedDeployment[]): Promise<number> {
  const counts = stale.filter(hasFailed).map(async ({ deployment }) => {
    const all = await statuses(deployment.id);
    return all.filter(({ state }) => state === "failure" || state === "error").length;
  });
  return Math.max(0, ...(await Promise.all(counts)));
}

/** Waiting is said after a while: before that the status comment is enough. */
async function writeWaiting(run: Run, whole: readonly SharedDeployment[]): Promise<Waits> {
  const waits = new Map<string, NonNullable<Reported["waits"]>>();
  const late: DeployIn<"waiting">[] = [];
  for (const { deployment, deploys } of whole) {
    const since = Date.parse(deployment.createdAt);
    const isLate = run.now - since >= waitMs;
    for (const deploy of deploysIn(deploys, "waiting")) {
      waits.set(deploy.operation.app, { since, said: isLate });
      if (isLate) late.push(deploy);
    }
  }
  await commentWaiting(run, late);
  const next = Math.min(...[...waits.values()].map(({ since, said }) => (said ? Infinity : since + waitMs)));
  if (Number.isFinite(next)) await reportAgain(run, Math.max(next, run.now));
  return waits;
}

/** Nothing else may happen before it has to be said. */
async function reportAgain({ ports, context, environment, now }: Run, at: number): Promise<void> {
  const job = { type: "reconcile", ...context.where, defaultBranch: context.base, environment } as const;
  await ports.queue.add({ type: "scheduled", at, job }, { delayMs: at - now });
}

async function addStatus(
  { context, environment, now }: Run,
  { deployment, deploys }: SharedDeployment,
  logUrl: string | undefined,
): Promise<void> {
  const status = deploymentStatus(deploys, now);
  const addresses = new Set(deploys.map(({ operation: { app } }) => settingsFor(context.config, app, environment).url));
  // Of several apps only one that they share.
  const [environmentUrl] = addresses.size === 1 ? addresses : [];
  await context.github.addDeploymentStatus(deployment.id, { ...status, logUrl: logUrl || undefined, environmentUrl });
}

/** Each change of state is one event, however often it is said how far it is. */
async function announceDeploy(run: Run, { deployment, deploys }: SharedDeployment): Promise<void> {
  const { ports, context, environment, now, statuses } = run;
  const before = await statuses(deployment.id);
  const { state } = deploymentStatus(deploys, now);
  if (before.at(-1)?.state === state) return;
  const about = {
    ...context.where,
    at: now,
    environment,
    head: deployment.sha,
    apps: deploys.map(({ operation: { app }, version }) => ({ app, version })),
  };
  const id = (kind: EventKind) => eventId(kind, context.where.repository, deployment.id, before.length);
  if (state === "in_progress") ports.events.announce({ ...about, kind: "deploy.started", id: id("deploy.started") });
  if (state === "success") ports.events.announce({ ...about, kind: "deploy.live", id: id("deploy.live") });
  const [failure] = deploysIn(deploys, "failed");
  if (state !== "failure" || failure === undefined) return;
  const reason = failure.status.failure.summary;
  ports.events.announce({ ...about, kind: "deploy.failed", id: id("deploy.failed"), reason });
}

/** Earlier Deployments end: GitHub would end those of other apps too. */
async function endReplaced(
  { context: { github } }: Run,
  outdated: readonly Outdated[],
  stale: readonly SharedDeployment[],
): Promise<void> {
  const by = stale[0]?.deploys[0]?.operation.head.slice(0, 7) ?? "";
  for (const { deployment } of outdated)
    await github.addDeploymentStatus(deployment.id, { state: "inactive", description: `Replaced by ${by}` });
}

async function enqueueStatusComments(
  { ports, context, pullOf, before }: Run,
  whole: readonly SharedDeployment[],
  stale: readonly SharedDeployment[],
): Promise<void> {
  const numbers = new Set<number>();
  const ids = new Set(stale.map(({ deployment }) => deployment.id));
  // What a process that died had written, and did not remember, counts too.
  const moved = whole.flatMap(({ deployment, deploys }) =>
    deploys.filter((one) => ids.has(deployment.id) || before.get(one.operation.app)?.key !== keyOf(one)),
  );
  for (const { operation } of moved) {
    const pull = await pullOf(operation);
    if (pull !== undefined) numbers.add(pull.number);
  }
  for (const pullRequest of numbers) await ports.queue.add({ type: "status-comment", ...context.where, pullRequest });
}
