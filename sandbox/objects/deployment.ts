import type { Repository } from "../state.ts";
import type { Deployment, DeploymentStatus } from "../state-parts.ts";
import type { World } from "../world.ts";
import { type Json, nodeId, userByLogin } from "./account.ts";
import { appObject } from "./app.ts";
import { repositoryApi } from "./repository.ts";

/** `deployment`, also valid inside webhook payloads. */
export function deploymentObject(world: World, repository: Repository, deployment: Deployment): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: userByLogin(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.byApp ? appObject(world) : null,
  };
}

/** `deployment-status`, also valid inside webhook payloads. */
export function deploymentStatusObject(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DeploymentStatus", status.id),
    state: status.state,
    creator: userByLogin(world, status.creator),
    description: status.description,
    environment: deployment.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: api,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: status.byApp ? appObject(world) : null,
  };
}
