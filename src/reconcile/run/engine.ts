import type { RepositoryContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { applyEnvironmentEngine } from "../engines/apply-environment.ts";
import type { EnvironmentEngine } from "../engines/environment.ts";
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
        { github: context.github, clock: ports.clock, open: (branch) => openBranch(ports, context, branch) },
        { ...settings, base: context.base },
      );
    case "apply": {
      const cluster = await ports.clusters.open(settings.cluster);
      if (cluster === undefined) throw noCluster(settings.cluster, environment);
      const { stability: stabilityMs, timeout: operationMs, namespace, prune } = settings;
      const { repositoryId } = context;
      const health = await healthRulesOf(settings, context.tree);
      const limits = { ...ports.limits, stabilityMs, operationMs };
      const place = { repositoryId, namespace, health, limits, ...(!prune && { prune: "off" as const }) };
      return applyEnvironmentEngine({ ...ports, cluster }, place);
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
