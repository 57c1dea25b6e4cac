import { fillTemplate } from "../../../config/values/templates.ts";
import type { ClusterGrant, ClusterSettings, ObjectProblem } from "../../../model/deploy.ts";
import type { HealthJudge, HealthRule } from "../../../model/health.ts";
import type { Cluster, ListQuery, OpenCluster } from "../../../model/kube.ts";
import type { HeldLease } from "../../../model/lease.ts";
import type { Clock } from "../../../model/observe.ts";
import type { RepositoryName } from "../../../model/tree.ts";
import { accountOf } from "../../access/account.ts";
import { type AccessRefusal, accessRefusals } from "../../access/refusals.ts";
import { keeperName } from "../../inventory/apply-set.ts";
import { inventoryStore } from "../../inventory/store.ts";
import { labelOf, textAt } from "../../manifests/manifest.ts";
import { defaultLimits, type PruneLimits } from "../../prune/guards.ts";
import type { DeployEngine, Desired } from "../engine.ts";
import { parseDocument } from "./document.ts";
import type { LiveComparison } from "./drift.ts";
import { ApplyEngine } from "./engine.ts";
import { type ApplyLimits, type ApplyRules, defaultApplyLimits } from "./ports.ts";

/** What the engine for a whole environment works with. */
export interface ApplyEnginePorts {
  /** With Sluice's own rights. */
  readonly cluster: OpenCluster;
  /** Of the environment, see `applyLeaseName`: held by whoever takes the engine's steps. */
  readonly lease: Pick<HeldLease, "confirm">;
  readonly health: HealthJudge;
  readonly clock: Clock;
  /** A new id for an operation, each time another one. */
  readonly newId: () => string;
  /** Names this process among all that may write at the same time. */
  readonly writer: string;
}

/** An environment of a repository in a cluster, and what the operator and the repository have set for it. */
export interface ApplyPlace {
  readonly repository: RepositoryName;
  /** GitHub's number of it: a renamed one keeps its objects, one that was made again has none of them. */
  readonly repositoryId: number;
  readonly environment: string;
  readonly cluster: ClusterSettings;
  /** The entry of the cluster that gives it to this environment. */
  readonly grant: ClusterGrant;
  /** Where objects go that name no namespace; may hold placeholders. */
  readonly namespace?: string | undefined;
  /** The repository's own rules for health. */
  readonly health?: readonly HealthRule[];
  readonly limits?: Partial<ApplyLimits>;
  /** `limits.watchMs` of an app, where apps differ. */
  readonly watchMs?: (app: string) => number;
  /** How much is deleted without asking a person; `off`: nothing is deleted. */
  readonly prune?: PruneLimits | "off";
}

export type { Drifted, LiveComparison } from "./drift.ts";

/** The engine `apply` of one environment. */
export interface ApplyEnvironment extends DeployEngine {
  /**
   * How what a target has in the cluster differs from what is wanted; `undefined` while something else is live, unless
   * `all` is compared, and where the operator does not allow some of it. Writes nothing.
   */
  compare(desired: Desired, signal: AbortSignal, all?: boolean): Promise<LiveComparison | undefined>;
  /**
   * The apps of this environment that have something in the cluster and are none of `apps`.
   */
  leftBehind(apps: ReadonlySet<string>, signal: AbortSignal): Promise<readonly string[]>;
}

/** What a target is when Git no longer has it: nothing, and a person removed it, so that all of it may go. */
export function removed(app: string, environment: string, head: string): Desired {
  return {
    app,
    environment,
    path: "",
    head,
    digest: removedDigest,
    resources: () => [],
    yaml: async () => "",
    sameAt: async () => false,
    request: { id: "removed", at: 0, prune: true },
  };
}

/** Of no render. */
const removedDigest = "removed";

/** The lease under which an environment is worked at. */
export function applyLeaseName({
  repositoryId,
  environment,
}: Pick<ApplyPlace, "repositoryId" | "environment">): string {
  return keeperName(String(repositoryId), environment);
}

/** Applies the targets of one environment to its cluster. Asks nothing yet. */
export function applyEngine(ports: ApplyEnginePorts, place: ApplyPlace): ApplyEnvironment {
  const objects = accountOf(ports.cluster, place.grant);
  return {
    step: (desired, signal) => targetEngine(ports, place, objects, desired.app).step(desired, signal),
    compare: (desired, signal, all) => targetEngine(ports, place, objects, desired.app).compare(desired, signal, all),
    leftBehind: (apps, signal) => leftBehind(ports, place, apps, signal),
  };
}

function targetEngine(ports: ApplyEnginePorts, place: ApplyPlace, objects: Cluster, app: string): ApplyEngine {
  const { clock, health, lease, newId, writer } = ports;
  const { environment, repository, repositoryId, cluster } = place;
  const about = `${app} in ${environment} of ${nameOf(repository)}`;
  const name = keeperName(String(repositoryId), environment, app);
  const store = inventoryStore({ cluster: ports.cluster, namespace: cluster.namespace, name, about, writer });
  return new ApplyEngine({ cluster: objects, store, lease, health, clock, newId }, rulesOf(place, app));
}

function rulesOf(place: ApplyPlace, app: string): ApplyRules {
  const { cluster, grant, repository, environment, health = [], limits, watchMs, prune = defaultLimits } = place;
  const request = { cluster, grant, subject: { repository, environment, app } };
  const namespace = fillTemplate(place.namespace ?? "", { app, environment });
  return {
    repository: String(place.repositoryId),
    ...(namespace !== "" && { namespace }),
    health,
    prune,
    limits: { ...defaultApplyLimits, ...limits, ...(watchMs !== undefined && { watchMs: watchMs(app) }) },
    refusals: (scoped) => accessRefusals(request, scoped).map(problemOf),
  };
}

function problemOf({ object, reason, fix }: AccessRefusal): ObjectProblem {
  return { object, reason: "NotAllowed", message: `${labelOf(object)} ${reason}`, fix };
}

async function leftBehind(
  { cluster }: ApplyEnginePorts,
  place: ApplyPlace,
  apps: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const labels = "app.kubernetes.io/managed-by=sluice";
  const query: ListQuery = { apiVersion: "v1", kind: "ConfigMap", namespace: place.cluster.namespace, labels };
  const parents = await cluster.list(query, signal);
  const documents = parents.flatMap(({ object }) => parseDocument(parsed(textAt(object, "data", "operation"))) ?? []);
  return documents
    .filter(({ repository }) => repository === String(place.repositoryId))
    .filter(({ operation, result }) => {
      const { environment, digest, app } = operation;
      const done = digest === removedDigest && result?.state === "live";
      return environment === place.environment && !apps.has(app) && !done;
    })
    .map(({ operation: { app } }) => app);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`;
}
