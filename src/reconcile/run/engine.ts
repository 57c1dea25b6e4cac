import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { DeployCluster } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import { applyEnvironmentEngine } from "../engines/apply-environment.ts";
import { argocdEngine } from "../engines/argocd/index.ts";
import { type ControllerWork, controllerEnvironmentEngine } from "../engines/controller/environment.ts";
import type { DeployEngine } from "../engines/engine.ts";
import type { EnvironmentEngine } from "../engines/environment.ts";
import { fluxEngine } from "../engines/flux/index.ts";
import { hydrateEngine } from "../engines/hydrate/index.ts";
import type { DeploySettings } from "./groups.ts";
import { healthRulesOf } from "./health-rules.ts";
import type { ReconcilePorts } from "./ports.ts";

/** Which deploy engine is wanted for which environment of a repository. */
interface EngineRequest {
  readonly context: RepositoryContext;
  readonly environment: string;
  readonly settings: DeploySettings;
}

/** The engine that the settings name. Throws a UserError where the operator or the configuration does not allow it. */
export async function engineOf(ports: ReconcilePorts, request: EngineRequest): Promise<EnvironmentEngine> {
  const { context, environment, settings } = request;
  switch (settings.engine) {
    case "hydrate":
      return hydrateEngine(
        {
          github: context.github,
          clock: ports.clock,
          repositoryUrl: context.url,
          open: (branches) => openBranches(ports, context, branches),
        },
        { ...settings, base: context.base },
      );
    case "apply": {
      const cluster = await openedCluster(ports, settings.cluster, environment);
      const { stability: stabilityMs, timeout: operationMs, namespace, prune } = settings;
      const { repositoryId } = context;
      const health = await healthRulesOf(settings, context.tree);
      const limits = { ...ports.limits, stabilityMs, operationMs };
      const watchMs = (app: string) => watchedFor(context, app, environment);
      const place = { repositoryId, namespace, health, limits, watchMs, ...(!prune && { prune: "off" as const }) };
      return applyEnvironmentEngine({ ...ports, cluster }, place);
    }
    case "argocd":
      return controllers(ports, { context, environment, settings }, (work) => argocdEngine(work, settings));
    case "flux":
      return controllers(ports, { context, environment, settings }, (work) => fluxEngine(work, settings));
    default:
      return settings satisfies never;
  }
}

type ControllerSettings = Extract<DeploySettings, { engine: "argocd" | "flux" }>;

async function controllers(
  ports: ReconcilePorts,
  { context, environment, settings }: EngineRequest & { readonly settings: ControllerSettings },
  engineFor: (work: ControllerWork) => DeployEngine,
): Promise<EnvironmentEngine> {
  const cluster = await openedCluster(ports, settings.cluster, environment);
  const { base, repository: history, url: repositoryUrl } = context;
  const { timeout: timeoutMs, watchOnly } = settings;
  const place = { base, history, repositoryUrl, timeoutMs, watchOnly };
  return controllerEnvironmentEngine({ ...ports, cluster }, place, engineFor);
}

async function openedCluster({ clusters }: ReconcilePorts, name: string, environment: string): Promise<DeployCluster> {
  const cluster = await clusters.open(name);
  if (cluster === undefined) throw noCluster(name, environment);
  return cluster;
}

/** How long an app is looked at again after it is live. */
function watchedFor({ config }: RepositoryContext, app: string, environment: string): number {
  const { propose, verify } = settingsFor(config, app, environment).rollback;
  return propose && verify !== undefined ? verify.for : 0;
}

/** The repository with branches that may not be there yet. */
function openBranches(
  { mirrors }: ReconcilePorts,
  { where, base, signal }: RepositoryContext,
  branches: readonly string[],
) {
  const [want, wantIfThere] = [[`refs/heads/${base}`], branches.map((branch) => `refs/heads/${branch}`)];
  return mirrors.open({ repository: where.repository, want, wantIfThere }, signal);
}

/** What the operator calls the clusters is not for everybody to know, so no other is named. */
function noCluster(name: string, environment: string): UserError {
  return new UserError("permission", `there is no cluster ${name} for ${environment}`, {
    fix: "Correct `deploy.cluster`, or ask who runs Sluice to add it to `clusters` in sluice.server.yaml.",
  });
}
