import { createHash } from "node:crypto";
import { isAbout, printPayload, readPayload } from "../../change/deployment-payload.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { Deployment, DeploymentStatus } from "../../model/github-repository.ts";
import type { Renderer } from "../../model/render.ts";
import { plain } from "../text/told-deploy.ts";
import { type AppPlace, type Told, versionAt } from "./told.ts";

/** A GitHub Deployment with the deploys that it is about. */
export interface SharedDeployment {
  readonly deployment: Deployment;
  readonly deploys: readonly Told[];
  /** Those of the same GitHub environment that were made before, newest first. */
  readonly older: readonly Deployment[];
  /** It was made just now: nothing was said of it. */
  readonly made: boolean;
}

interface Parts {
  readonly renderer: Renderer;
}

/** Deployments of a GitHub environment that are looked at. */
const listed = 100;
/** Above this many apps of one commit share a Deployment. */
const maxOwn = 20;

/**
 * The Deployments of these deploys to one GitHub environment, which are made where there are none. A deploy that has a
 * Deployment already keeps it, at whatever commit, as long as that renders the same. Of many that share one, those that
 * failed get their own, so that the gates of the others go on.
 */
export async function deploymentsOf(
  parts: Parts,
  context: RepositoryContext,
  name: string,
  deploys: readonly Told[],
): Promise<readonly SharedDeployment[]> {
  const all = await context.github.deployments(name, listed);
  const found = new Map<number, Told[]>();
  const without: Told[] = [];
  for (const deploy of deploys) {
    const there = await presentDeployment(parts, context, all, deploy);
    if (there === undefined && deploy.status.state !== "superseded") without.push(deploy);
    if (there !== undefined) found.set(there.id, [...(found.get(there.id) ?? []), deploy]);
  }
  const shared: SharedDeployment[] = [];
  for (const [index, deployment] of all.entries()) {
    const own = found.get(deployment.id) ?? [];
    const failed = own.filter(isFailed);
    const stay = failed.length < own.length ? own.filter((one) => !isFailed(one)) : own;
    if (stay.length < own.length) without.push(...failed);
    if (stay.length > 0) shared.push({ deployment, deploys: stay, older: all.slice(index + 1), made: false });
  }
  for (const group of newGroups(without))
    shared.push({ deployment: await make(context, name, group), deploys: group, older: all, made: true });
  return shared;
}

function isFailed({ status }: Told): boolean {
  return status.state === "failed";
}

/** The newest Deployment of Sluice's that names the app, if its commit has what is deployed now. */
async function presentDeployment(
  parts: Parts,
  context: RepositoryContext,
  all: readonly Deployment[],
  { operation, digest, status }: Told,
): Promise<Deployment | undefined> {
  const own = all.filter((one) => readPayload(one)?.apps.includes(operation.app));
  if (status.state === "superseded") return own.find(({ sha }) => sha === operation.head);
  const [newest] = own;
  if (newest === undefined || newest.sha === operation.head) return newest;
  const then = await versionAt(parts, context, operation, newest.sha);
  return then?.digest === digest ? newest : undefined;
}

/** Each its own, but many of one commit together, and those that failed apart from the others. */
function newGroups(deploys: readonly Told[]): readonly (readonly Told[])[] {
  const alike = Map.groupBy(deploys, (one) => `${one.operation.head} ${isFailed(one)}`);
  return [...alike.values()].flatMap((group) => (group.length > maxOwn ? [group] : group.map((one) => [one])));
}

function make({ github, config }: RepositoryContext, name: string, group: readonly Told[]): Promise<Deployment> {
  const [first, ...more] = group;
  if (first === undefined) throw new Error("a deployment of nothing");
  const { head: sha, environment, app } = first.operation;
  const apps = group.map(({ operation }) => operation.app).sort();
  const ids = group.map(({ operation }) => operation.id).sort();
  const operation = more.length === 0 ? first.operation.id : createHash("sha256").update(ids.join()).digest("hex");
  const what = more.length === 0 ? plain(app) : `${group.length} apps`;
  return github.createDeployment({
    sha,
    environment: name,
    description: `${what} in ${plain(environment)}`.slice(0, 140),
    payload: printPayload({ operation, apps }),
    production: config.environments.at(-1)?.name === environment,
  });
}

/** What has been said of a Deployment, newest last. */
export type Statuses = (id: number) => Promise<readonly DeploymentStatus[]>;

/** Earlier Deployments whose statuses are read. */
const followed = 10;

/** An earlier Deployment that still says that it is there, or on its way. */
export interface Outdated {
  readonly deployment: Deployment;
  readonly state: DeploymentStatus["state"] | undefined;
}

/**
 * Earlier Deployments of these apps and no others that a new one ends: those that were on their way, and with
 * `replaces` those that went well.
 */
export async function outdatedBy(
  { deploys, older }: SharedDeployment,
  replaces: boolean,
  statuses: Statuses,
): Promise<readonly Outdated[]> {
  const apps = new Set(deploys.map(({ operation }) => operation.app));
  const own = older.filter((one) => {
    const named = readPayload(one)?.apps ?? [];
    return named.length > 0 && named.every((app) => apps.has(app));
  });
  const outdated: Outdated[] = [];
  for (const deployment of own.slice(0, followed)) {
    const state = (await statuses(deployment.id)).at(-1)?.state;
    if (state === "inactive" || (state === "success" && !replaces)) break;
    if (state !== "failure" && state !== "error") outdated.push({ deployment, state });
  }
  return outdated;
}

/** The version of an app that was live before, as its Deployments say; `undefined` where they do not. */
export async function liveBefore(
  parts: Parts,
  context: RepositoryContext,
  { app, environment }: AppPlace,
  older: readonly Deployment[],
  statuses: Statuses,
): Promise<ReturnType<typeof versionAt>> {
  const about = older.filter((one) => isAbout(one, app)).slice(0, followed);
  for (const { id, sha } of about)
    if ((await statuses(id)).some(({ state }) => state === "success"))
      return versionAt(parts, context, { app, environment }, sha);
  return undefined;
}
