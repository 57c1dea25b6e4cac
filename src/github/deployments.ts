import { z } from "zod";
import type { Deployment, DeploymentStatus } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { PER_PAGE } from "./limits.ts";

const LIST = "GET /repos/{owner}/{repo}/deployments";
const STATUSES = "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses";

const deployment = z.object({
  id: z.number(),
  sha: z.string(),
  environment: z.string(),
  created_at: z.string(),
});

const status = z.object({
  id: z.number(),
  state: z.enum(["queued", "pending", "in_progress", "success", "failure", "error", "inactive"]),
  description: z.string().nullable(),
  created_at: z.string(),
  log_url: z.string().nullish(),
  target_url: z.string().nullish(),
  environment_url: z.string().nullish(),
});

/**
 * See `GitHubRepository.deployments`. `url` is the repository's page of the environment's deployments: one deployment
 * has none.
 */
export async function readDeployments(
  client: Client,
  environment: string,
  limit: number,
): Promise<readonly Deployment[]> {
  const page = `${client.page}/deployments`;
  const query = { environment, per_page: Math.min(limit, PER_PAGE) };
  const found = await client.call(LIST, query, z.array(deployment));
  return found
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id)
    .map(({ id, sha, environment: name, created_at }) => ({
      id,
      sha,
      environment: name,
      createdAt: created_at,
      url: `${page}/${encodeURIComponent(name)}`,
    }));
}

/** See `GitHubRepository.deploymentStatuses`: the newest hundred. */
export async function readDeploymentStatuses(client: Client, id: number): Promise<readonly DeploymentStatus[]> {
  const found = await client.call(STATUSES, { deployment_id: id, per_page: PER_PAGE }, z.array(status));
  return found
    .toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id)
    .map((one) => ({
      state: one.state,
      description: one.description ?? "",
      at: one.created_at,
      url: one.log_url || one.target_url || one.environment_url || "",
    }));
}
