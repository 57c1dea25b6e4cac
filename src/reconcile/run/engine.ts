import type { RepositoryContext } from "../../change/repository-context.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import type { DeployCluster } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { grantOf } from "../access/grant.ts";
import { accessRefusals } from "../access/refusals.ts";
import { ApplyEngine } from "../engines/apply/engine.ts";
import { defaultApplyLimits } from "../engines/apply/ports.ts";
import { type ApplyPlace, applyEnvironmentEngine } from "../engines/apply-environment.ts";
import type { EnvironmentEngine } from "../engines/environment.ts";
import { hydrateEngine } from "../engines/hydrate/index.ts";
import { keeperName } from "../inventory/apply-set.ts";
import { inventoryStore } from "../inventory/store.ts";
import { defaultLimits } from "../prune/guards.ts";
import type { DeploySettings } from "./groups.ts";
import type { ReconcilePorts } from "./ports.ts";

/** Which deploy engine is wanted for which environment of a repository. */
interface EngineRequest<S = DeploySettings> {
  readonly context: RepositoryContext;
  readonly environment: string;
  readonly settings: S;
}

type ApplySettings = Extract<DeploySettings, { readonly engine: "apply" }>;

/** The engine that the settings name. Throws a UserError where the operator or the configuration does not allow it. */
export async function engineOf(ports: ReconcilePorts, request: EngineRequest): Promise<EnvironmentEngine> {
  const { context, environment, settings } = request;
  switch (settings.engine) {
    case "hydrate":
      return hydrateEngine(
        { github: context.github, clock: ports.clock, open: (branch) => openBranch(ports, context, branch) },
        { ...settings, base: context.base },
      );
    case "apply": {
      const cluster = await ports.clusters.open(settings.cluster);
      if (cluster === undefined) throw noCluster(settings.cluster, environment);
      return applyEnvironmentEngine(applyPlace(ports, { context, environment, settings }, cluster));
    }
    case "argocd":
    case "flux":
      throw new UserError("config", `Sluice cannot deploy ${environment} with \`${settings.engine}\` yet`, {
        fix: `Use one of ${sentenceList(["`apply`", "`hydrate`"])}; the changelog says when it can.`,
      });
    default:
      return settings satisfies never;
  }
}

/** The repository with a branch that may not be there yet. */
function openBranch({ mirrors }: ReconcilePorts, { where, base, signal }: RepositoryContext, branch: string) {
  const [want, wantIfThere] = [[`refs/heads/${base}`], [`refs/heads/${branch}`]];
  return mirrors.open({ repository: where.repository, want, wantIfThere }, signal);
}

/** What the operator calls the clusters is not for everybody to know, so no other is named. */
function noCluster(name: string, environment: string): UserError {
  return new UserError("permission", `there is no cluster ${name} for ${environment}`, {
    fix: "Correct `deploy.cluster`, or ask who runs Sluice to add it to `clusters` in sluice.server.yaml.",
  });
}

function applyPlace(
  { clock, log, health, process, newId }: ReconcilePorts,
  { context, environment, settings }: EngineRequest<ApplySettings>,
  cluster: DeployCluster,
): ApplyPlace {
  const { repositoryId, where } = context;
  const { owner, name } = where.repository;
  return {
    repositoryId,
    cluster,
    holder: process,
    clock,
    log,
    target({ app }, lease) {
      const subject = { repository: where.repository, environment, app };
      const grant = grantOf(cluster.settings, subject);
      if (grant === undefined) throw noCluster(settings.cluster, environment);
      const { namespace } = cluster.settings;
      const store = inventoryStore({
        cluster: cluster.cluster,
        namespace,
        name: keeperName(String(repositoryId), environment, app),
        about: `${app} in ${environment} of ${owner}/${name}`,
        writer: process,
      });
      const own = fillTemplate(settings.namespace ?? "", { app, environment });
      return new ApplyEngine(
        {
          cluster: accountOf(cluster, grant.serviceAccount),
          store,
          lease,
          health,
          clock,
          newId,
        },
        {
          refusals: (objects) =>
            accessRefusals({ cluster: cluster.settings, grant, subject }, objects).map(({ object, reason, fix }) => ({
              object,
              reason: "NotAllowed",
              message: reason,
              fix,
            })),
          ...(own !== "" && { namespace: own }),
          limits: { ...defaultApplyLimits, stabilityMs: settings.stability, operationMs: settings.timeout },
          prune: defaultLimits,
        },
      );
    },
  };
}

/** The cluster with the rights of a service account (`namespace/name`), else with Sluice's own. */
function accountOf({ cluster }: DeployCluster, account: string | undefined) {
  if (account === undefined) return cluster;
  const [namespace = "", name = ""] = account.split("/");
  return cluster.as({ user: `system:serviceaccount:${namespace}:${name}` });
}
