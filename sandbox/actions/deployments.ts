import { notFound } from "../errors.ts";
import { emitDeployment, emitDeploymentStatus } from "../events.ts";
import type { Repository } from "../state.ts";
import type { Deployment, DeploymentState, DeploymentStatus } from "../state-parts.ts";
import { nextId, nowIso, type World } from "../world.ts";
import type { Actor } from "./pulls.ts";

/** What a deployment is made of. */
export interface DeploymentInput {
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly task?: string | undefined;
  readonly description?: string | null | undefined;
  readonly payload?: Deployment["payload"] | undefined;
  readonly transient?: boolean | undefined;
  readonly production?: boolean | undefined;
}

/** What a status says. */
export interface DeploymentStatusInput {
  readonly state: DeploymentState;
  readonly description?: string | undefined;
  readonly logUrl?: string | undefined;
  readonly environmentUrl?: string | undefined;
  readonly autoInactive?: boolean | undefined;
}

/** Starts a deployment. It has no status at first. */
export function createDeployment(
  world: World,
  repository: Repository,
  input: DeploymentInput,
  actor: Actor,
): Deployment {
  const time = nowIso(world);
  const deployment: Deployment = {
    id: nextId(world),
    sha: input.sha,
    ref: input.ref,
    task: input.task ?? "deploy",
    environment: input.environment,
    description: input.description ?? null,
    payload: input.payload ?? {},
    transient: input.transient ?? false,
    production: input.production ?? input.environment === "production",
    creator: actor.login,
    byApp: actor.byApp,
    createdAt: time,
    updatedAt: time,
    statuses: [],
  };
  repository.deployments.push(deployment);
  emitDeployment(world, repository, deployment, actor.login);
  return deployment;
}

/** The deployment; throws 404. */
export function deploymentOf(repository: Repository, id: number): Deployment {
  const deployment = repository.deployments.find((one) => one.id === id);
  if (!deployment) throw notFound();
  return deployment;
}

/**
 * Adds a status. A success makes the earlier successful deployments of the environment inactive, unless told not to;
 * GitHub sends no webhook about `inactive`.
 */
export function addDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  input: DeploymentStatusInput,
  actor: Actor,
): DeploymentStatus {
  const status = pushStatus(world, deployment, input, actor);
  if (input.state === "success" && input.autoInactive !== false) {
    for (const earlier of repository.deployments) {
      if (earlier === deployment || earlier.environment !== deployment.environment) continue;
      const outlives = earlier.transient || earlier.production;
      if (!outlives && earlier.statuses.at(-1)?.state === "success")
        pushStatus(world, earlier, { state: "inactive" }, actor);
    }
  }
  if (status.state !== "inactive") emitDeploymentStatus(world, repository, deployment, status, actor.login);
  return status;
}

function pushStatus(
  world: World,
  deployment: Deployment,
  input: DeploymentStatusInput,
  actor: Actor,
): DeploymentStatus {
  const status: DeploymentStatus = {
    id: nextId(world),
    state: input.state,
    description: input.description ?? "",
    logUrl: input.logUrl ?? "",
    environmentUrl: input.environmentUrl ?? "",
    creator: actor.login,
    byApp: actor.byApp,
    createdAt: nowIso(world),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = status.createdAt;
  return status;
}

/** What a pipeline does: one more status of the newest deployment of this commit, which is made when there is none. */
export function playDeployment(
  world: World,
  repository: Repository,
  where: { readonly sha: string; readonly environment: string },
  status: DeploymentStatusInput,
  actor: Actor,
): Deployment {
  const known = repository.deployments.findLast(
    (one) => one.sha === where.sha && one.environment === where.environment,
  );
  const deployment = known ?? createDeployment(world, repository, { ...where, ref: where.sha }, actor);
  addDeploymentStatus(world, repository, deployment, status, actor);
  return deployment;
}
