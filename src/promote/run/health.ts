import { isAbout, readPayload } from "../../change/deployment-payload.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { type HealthSource, settingsFor } from "../../config/index.ts";
import type { Health } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { CommitCheck, Deployment, DeploymentStatus } from "../../model/github-repository.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Target } from "../../model/target.ts";
import { carriedAt, carriedOf, compareCarried } from "../carried.ts";
import type { PromotionPair } from "../resolve.ts";
import { setUpHealth } from "../text/gates.ts";
import { versionText } from "./currency.ts";
import type { PromotionPorts } from "./ports.ts";
import { carriedRequest } from "./source-moves.ts";

/** What was asked of GitHub in one job: apps of one environment share the answers. */
export interface Observed {
  checks(sha: string): Promise<readonly CommitCheck[]>;
  deployments(environment: string): Promise<readonly Deployment[]>;
  statuses(id: number): Promise<readonly DeploymentStatus[]>;
  /** The newest pull request of a branch of ours into the base, open ones first. */
  pull(branch: string): Promise<PullRequest | undefined>;
}

/** Deployments of an environment that are looked at. */
const LISTED = 100;
/** Of how many of them the statuses are read, to find since when a version has been healthy. */
const FOLLOWED = 10;

/** Reads each thing once. */
export function observe({ github, base }: Pick<RepositoryContext, "github" | "base">): Observed {
  const once = <K, V>(read: (key: K) => Promise<V>): ((key: K) => Promise<V>) => {
    const known = new Map<K, Promise<V>>();
    return (key) => {
      const value = known.get(key) ?? read(key);
      known.set(key, value);
      return value;
    };
  };
  return {
    checks: once((sha) => github.checks(sha)),
    deployments: once((environment) => github.deployments(environment, LISTED)),
    statuses: once((id) => github.deploymentStatuses(id)),
    pull: once((branch) => github.pullRequestOf(branch, base)),
  };
}

/** A version of a source whose health is asked for: what it has at a commit of these changes (none: of everything). */
export interface HealthSubject {
  readonly pair: PromotionPair;
  readonly commit: string;
  readonly changes: readonly Pick<VersionChange, "image">[];
  readonly health: HealthSource;
}

/**
 * The same without what others report of a target that Sluice deploys to a cluster by itself: whoever may write to a
 * repository can make Deployments, and statuses of Sluice's own. Who deploys from a hydrated branch reports for itself.
 */
export function trusted(
  observed: Observed,
  { config }: Pick<RepositoryContext, "config">,
  { app, environment }: Pick<Target, "app" | "environment">,
): Observed {
  const { deploy } = settingsFor(config, app, environment);
  if (deploy === undefined || deploy.engine === "hydrate") return observed;
  return {
    ...observed,
    deployments: async (name) => (await observed.deployments(name)).filter(({ byApp }) => byApp),
    statuses: async (id) => (await observed.statuses(id)).filter(({ byApp }) => byApp),
  };
}

/**
 * Whether the version that the source has at a commit is live and healthy, or was until another one came, by what
 * GitHub knows. What else the source changed since does not count.
 */
export function healthOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: HealthSubject,
  soakMs = 0,
): Promise<Health> {
  const { health } = subject;
  return health.kind === "check"
    ? healthByCheck(observed, subject.commit, health.name)
    : healthByDeployments(
        ports,
        context,
        trusted(observed, context, subject.pair.source),
        { ...subject, name: health.name },
        soakMs,
      );
}

async function healthByCheck(observed: Observed, commit: string, name: string): Promise<Health> {
  const check = (await observed.checks(commit)).find((one) => one.name === name);
  if (check === undefined)
    return { state: "unknown", reason: `the check ${name} has not reported on ${commit.slice(0, 7)}` };
  if (check.state === "pending") return { state: "progressing", reason: `the check ${name} is under way` };
  if (check.state === "failed") return { state: "failed", reason: `the check ${name} failed` };
  return {
    state: "healthy",
    since: check.completedAt === undefined ? epoch : Date.parse(check.completedAt),
    source: `check ${name}`,
  };
}

/** A status without a time counts from the beginning. */
const epoch = 0;

/** Of those that Sluice makes only the ones that name the app: they say nothing of others. */
async function deploymentsAbout(observed: Observed, name: string, app: string): Promise<readonly Deployment[]> {
  return (await observed.deployments(name)).filter((one) => isAbout(one, app));
}

interface Deployed extends HealthSubject {
  readonly name: string;
}

/**
 * The newest deployment that has the version decides; the ones before it that have it too say since when. One of
 * another version after it ends its time, and does not undo it.
 */
async function healthByDeployments(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: Deployed,
  soakMs: number,
): Promise<Health> {
  const { source } = subject.pair;
  const all = await deploymentsAbout(observed, subject.name, source.app);
  if (all.length === 0)
    return {
      state: "unknown",
      reason: `no deployment to ${subject.name} is known`,
      ...(isDeployed(context, source) ? {} : { setUp: setUpHealth(source.environment) }),
    };
  const has = await versionTest(ports, context, subject);
  let at = 0;
  while (at < all.length && !(await has(all[at]?.sha ?? ""))) at += 1;
  const [newest, ...older] = all.slice(at);
  if (newest === undefined)
    return { state: "progressing", reason: `no deployment to ${subject.name} has this version yet` };
  const replacedBy = all[at - 1];
  const statuses = await observed.statuses(newest.id);
  const last = statuses.findLast(({ state }) => state !== "inactive");
  const failure = failureOf(subject.name, last);
  if (failure !== undefined) return failure;
  let since = successSince(statuses);
  for (const before of older.slice(0, FOLLOWED)) {
    if (ports.clock() - since >= soakMs || !(await has(before.sha))) break;
    const earlier = await observed.statuses(before.id);
    if (earlier.findLast(({ state }) => state !== "inactive")?.state !== "success") break;
    since = successSince(earlier);
  }
  const healthy = { state: "healthy", since, source: `deployment to ${subject.name}` } as const;
  if (replacedBy === undefined) return healthy;
  const next = await versionTextAt(ports, context, subject, replacedBy.sha);
  return { ...healthy, until: Date.parse(replacedBy.createdAt), next };
}

/** What a last status other than success says. */
function failureOf(name: string, last: DeploymentStatus | undefined): Health | undefined {
  if (last === undefined) return { state: "progressing", reason: `the deployment to ${name} has not begun` };
  if (last.state === "success") return undefined;
  if (last.state === "failure" || last.state === "error") {
    const why = last.description === "" ? "" : `: ${last.description}`;
    return { state: "failed", reason: `the deployment to ${name} failed${why}` };
  }
  return { state: "progressing", reason: `the deployment to ${name} is ${last.state.replace("_", " ")}` };
}

/** The first success after the last status that was none. */
function successSince(statuses: readonly DeploymentStatus[]): number {
  const active = statuses.filter(({ state }) => state !== "inactive");
  const lastOther = active.findLastIndex(({ state }) => state !== "success");
  return Date.parse(active[lastOther + 1]?.at ?? "");
}

/**
 * Reports of a commit whether the source has the version there that is asked for; one that is not in the repository
 * says nothing of it.
 */
async function versionTest(
  ports: PromotionPorts,
  context: RepositoryContext,
  { pair, commit, changes }: HealthSubject,
): Promise<(sha: string) => Promise<boolean>> {
  const request = carriedRequest(ports, context, pair, "source");
  const at = async (sha: string) => {
    const carried = await carriedAt(request, sha);
    return carried && carriedOf(carried, changes);
  };
  const wanted = await at(commit);
  return async (sha) => {
    if (sha === commit) return true;
    const there = await at(sha);
    return wanted !== undefined && there !== undefined && compareCarried(there, wanted) === "same";
  };
}

async function versionTextAt(
  ports: PromotionPorts,
  context: RepositoryContext,
  { pair, changes }: HealthSubject,
  sha: string,
): Promise<string> {
  const carried = await carriedAt(carriedRequest(ports, context, pair, "source"), sha);
  return carried === undefined ? sha.slice(0, 7) : versionText(carriedOf(carried, changes));
}

/** Sluice deploys it itself, and reports how that goes. */
function isDeployed({ config }: RepositoryContext, { app, environment }: Target): boolean {
  return settingsFor(config, app, environment).deploy !== undefined;
}

/**
 * What a person must set up before the source of these pairs can be known to be healthy: nothing was ever deployed
 * there, as far as GitHub knows. `undefined` where nothing is missing.
 */
export async function missingHealth(
  context: RepositoryContext,
  observed: Observed,
  pairs: readonly PromotionPair[],
): Promise<string | undefined> {
  for (const { app, source, target } of pairs) {
    const { healthy, soak } = settingsFor(context.config, app, target.environment).gates;
    const { health } = settingsFor(context.config, app, source.environment);
    if ((!healthy && soak === undefined) || health.kind === "check" || isDeployed(context, source)) continue;
    if ((await observed.deployments(health.name)).length === 0) return setUpHealth(source.environment);
  }
  return undefined;
}

/** Whether a version was healthy at any time, and since when. */
export interface WasHealthy {
  readonly state: "healthy" | "unhealthy" | "unknown";
  readonly since?: number;
}

/**
 * Whether the version of a target at a commit was ever deployed with success; `unknown` when nothing is known of
 * deployments there at all. A version that was live counts, even if another one is live now. `counts`: which
 * deployments say something of it; all of them when absent.
 */
export async function deployedHealthy(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: HealthSubject,
  counts?: (deployment: Deployment) => Promise<boolean>,
): Promise<WasHealthy> {
  const { health, commit } = subject;
  const { source } = subject.pair;
  const seen = trusted(observed, context, source);
  const has = await versionTest(ports, context, subject);
  if (health.kind === "check") {
    const found = await healthByCheck(observed, commit, health.name);
    if (found.state !== "healthy") return { state: found.state === "unknown" ? "unknown" : "unhealthy" };
    const all = counts === undefined ? [] : await deploymentsAbout(seen, source.environment, source.app);
    return (await areBad(all, has, counts)) ? { state: "unhealthy" } : { state: "healthy", since: found.since };
  }
  const deployments = await deploymentsAbout(seen, health.name, source.app);
  if (deployments.length === 0) return { state: "unknown" };
  for (const deployment of deployments) {
    if (!(await has(deployment.sha)) || (await counts?.(deployment)) === false) continue;
    const success = (await seen.statuses(deployment.id)).find(({ state }) => state === "success");
    if (success !== undefined) return { state: "healthy", since: Date.parse(success.at) };
  }
  return { state: "unhealthy" };
}

/** Whether a version was deployed, and no deploy of it counts: a check says nothing of that. */
async function areBad(
  all: readonly Deployment[],
  has: (sha: string) => Promise<boolean>,
  counts: ((deployment: Deployment) => Promise<boolean>) | undefined,
): Promise<boolean> {
  let bad = false;
  for (const deployment of all) {
    if (readPayload(deployment) === undefined || !(await has(deployment.sha))) continue;
    if ((await counts?.(deployment)) !== false) return false;
    bad = true;
  }
  return bad;
}
