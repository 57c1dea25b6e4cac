import type { RepositoryContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { EnvironmentEngine } from "../engines/environment.ts";
import { hydrateEngine } from "../engines/hydrate/index.ts";
import type { DeploySettings } from "./groups.ts";
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
    case "apply":
    case "argocd":
    case "flux":
      throw new UserError("config", `Sluice cannot deploy ${environment} with \`${settings.engine}\` yet`, {
        fix: "the changelog says when it can; `hydrate` works",
      });
  }
}

/** The repository with a branch that may not be there yet. */
function openBranch({ mirrors }: ReconcilePorts, { where, base, signal }: RepositoryContext, branch: string) {
  const [want, wantIfThere] = [[`refs/heads/${base}`], [`refs/heads/${branch}`]];
  return mirrors.open({ repository: where.repository, want, wantIfThere }, signal);
}
