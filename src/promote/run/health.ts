import type { RepositoryContext } from "../../change/repository-context.ts";
import { type HealthSource, settingsFor } from "../../config/index.ts";
import type { Health } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { CommitCheck, Deployment, DeploymentStatus, GitHubRepository } from "../../model/github-repository.ts";
import type { Target } from "../../model/target.ts";
import type { PromotionPair } from "../resolve.ts";
import { setUpHealth } from "../text/gates.ts";
import type { PromotionPorts } from "./ports.ts";

/** What was asked of GitHub in one job: apps of one environment share the answers. */
export interface Observed {
  checks(sha: string): Promise<readonly CommitCheck[]>;
  deployments(environment: string): Promise<readonly Deployment[]>;
  statuses(id: number): Promise<readonly DeploymentStatus[]>;
  /** The newest pull request of a branch of ours, open ones first. */
  pull(branch: string): Promise<PullRequest | undefined>;
}

/** Deployments of an environment that are looked at. */
const LISTED = 20;
/** Of how many of them the statuses are read, to find since when a version has been healthy. */
const FOLLOWED = 10;

/** Reads each thing once. */
export function observe(github: GitHubRepository): Observed {
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
    pull: once((branch) => github.pullRequestOf(branch)),
  };
}

/** Whether what `source` renders at `commit` is live and healthy, by what GitHub knows. */
export function healthOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: { readonly source: Target; readonly commit: string; readonly health: HealthSource },
  soakMs = 0,
): Promise<Health> {
  const { health } = subject;
  return health.kind === "check"
    ? healthByCheck(observed, subject.commit, health.name)
    : healthByDeployments(ports, context, observed, { ...subject, name: health.name }, soakMs);
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

interface Deployed {
  readonly source: Target;
  readonly commit: string;
  readonly name: string;
}

/** The newest deployment decides; the ones before it that deployed the same say since when. */
async function healthByDeployments(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: Deployed,
  soakMs: number,
): Promise<Health> {
  const [newest, ...older] = await observed.deployments(subject.name);
  if (newest === undefined)
    return {
      state: "unknown",
      reason: `no deployment to ${subject.name} is known`,
      setUp: setUpHealth(subject.source.environment),
    };
  if (!(await deploysSame(ports, context, subject, newest))) {
    return {
      state: "progressing",
      reason: `the newest deployment to ${subject.name} (${newest.sha.slice(0, 7)}) has another version`,
    };
  }
  const statuses = await observed.statuses(newest.id);
  const last = statuses.findLast(({ state }) => state !== "inactive");
  if (last === undefined) return { state: "progressing", reason: `the deployment to ${subject.name} has not begun` };
  if (last.state === "failure" || last.state === "error") {
    return {
      state: "failed",
      reason: `the deployment to ${subject.name} failed${last.description === "" ? "" : `: ${last.description}`}`,
    };
  }
  if (last.state !== "success")
    return { state: "progressing", reason: `the deployment to ${subject.name} is ${last.state.replace("_", " ")}` };
  let since = successSince(statuses);
  for (const before of older.slice(0, FOLLOWED)) {
    if (ports.clock() - since >= soakMs || !(await deploysSame(ports, context, subject, before))) break;
    const earlier = await observed.statuses(before.id);
    if (earlier.findLast(({ state }) => state !== "inactive")?.state !== "success") break;
    since = successSince(earlier);
  }
  return { state: "healthy", since, source: `deployment to ${subject.name}` };
}

/** The first success after the last status that was none. */
function successSince(statuses: readonly DeploymentStatus[]): number {
  const active = statuses.filter(({ state }) => state !== "inactive");
  const lastOther = active.findLastIndex(({ state }) => state !== "success");
  return Date.parse(active[lastOther + 1]?.at ?? "");
}

/**
 * Whether the deployed commit renders the target as the carried one does; a commit that is not on the base branch says
 * nothing of it.
 */
async function deploysSame(
  ports: PromotionPorts,
  context: RepositoryContext,
  { source, commit }: Deployed,
  { sha }: Deployment,
): Promise<boolean> {
  if (sha === commit) return true;
  const { repository, signal } = context;
  if ((await repository.objects.read(sha))?.kind !== "commit") return false;
  const render = async (at: string) =>
    ports.renderer.render(source.render, { tree: await repository.tree(at), objects: repository.objects }, signal);
  const [carried, deployed] = await Promise.all([render(commit), render(sha)]);
  return carried.ok && deployed.ok && carried.digest === deployed.digest;
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
    if ((!healthy && soak === undefined) || health.kind === "check") continue;
    if ((await observed.deployments(health.name)).length === 0) return setUpHealth(source.environment);
  }
  return undefined;
}

/**
 * Whether what `source` renders at `commit` was ever deployed with success; `unknown` when nothing is known of
 * deployments there at all. A version that was live counts, even if another one is live now.
 */
export async function deployedHealthy(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  subject: { readonly source: Target; readonly commit: string; readonly health: HealthSource },
): Promise<"healthy" | "unhealthy" | "unknown"> {
  const { health, commit } = subject;
  if (health.kind === "check") {
    const { state } = await healthByCheck(observed, commit, health.name);
    return state === "healthy" ? "healthy" : state === "unknown" ? "unknown" : "unhealthy";
  }
  const deployments = await observed.deployments(health.name);
  if (deployments.length === 0) return "unknown";
  for (const deployment of deployments) {
    if (!(await deploysSame(ports, context, { ...subject, name: health.name }, deployment))) continue;
    if ((await observed.statuses(deployment.id)).some(({ state }) => state === "success")) return "healthy";
  }
  return "unhealthy";
}
