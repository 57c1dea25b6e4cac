import { z } from "zod";
import type {
  Deployment,
  DeploymentDraft,
  DeploymentStatus,
  DeploymentStatusDraft,
} from "../model/github-repository.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import { isByApp } from "./by-app.ts";
import type { Client } from "./client.ts";
import { orReadBack, refusedBy } from "./errors.ts";
import { PER_PAGE } from "./limits.ts";

const LIST = "GET /repos/{owner}/{repo}/deployments";
const CREATE = "POST /repos/{owner}/{repo}/deployments";
const STATUSES = "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses";
const ADD_STATUS = "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses";

const deployment = z.object({
  id: z.number(),
  sha: z.string(),
  environment: z.string(),
  created_at: z.string(),
  payload: z.json().nullish(),
  creator: z.object({ login: z.string() }).nullish(),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
});

const status = z.object({
  id: z.number(),
  state: z.enum(["queued", "pending", "in_progress", "success", "failure", "error", "inactive"]),
  description: z.string().nullable(),
  created_at: z.string(),
  log_url: z.string().nullish(),
  target_url: z.string().nullish(),
  environment_url: z.string().nullish(),
  creator: z.object({ login: z.string() }).nullish(),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
});

/** Which deployments are wanted. */
interface DeploymentQuery {
  readonly environment: string;
  readonly limit: number;
  readonly sha?: string | undefined;
}

/** See `GitHubRepository.deployments`. */
export async function readDeployments(
  client: Client,
  appId: number,
  { environment, limit, sha }: DeploymentQuery,
): Promise<readonly Deployment[]> {
  const query = { environment, per_page: Math.min(limit, PER_PAGE), ...(sha === undefined ? {} : { sha }) };
  const found = await client.call(LIST, query, z.array(deployment));
  const newestFirst = found.toSorted((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id);
  return Promise.all(newestFirst.map((one) => deploymentOf(client, appId, one)));
}

/** The page is that of all deployments of the environment: one deployment has none. */
async function deploymentOf(client: Client, appId: number, one: z.infer<typeof deployment>): Promise<Deployment> {
  return {
    id: one.id,
    sha: one.sha,
    environment: one.environment,
    createdAt: one.created_at,
    url: `${client.page}/deployments/${encodeURIComponent(one.environment)}`,
    payload: payloadOf(one.payload ?? null),
    byApp: await isByApp(client, appId, one.performed_via_github_app, one.creator?.login),
  };
}

/** GitHub may give as text what was an object. */
function payloadOf(payload: Json): Json {
  if (typeof payload !== "string") return payload;
  try {
    return z.json().parse(JSON.parse(payload));
  } catch {
    return payload;
  }
}

/** See `GitHubRepository.createDeployment`. Without `required_contexts` GitHub would ask for green checks. */
export async function createDeployment(client: Client, appId: number, draft: DeploymentDraft): Promise<Deployment> {
  const { sha, environment, description, payload, production } = draft;
  const post = async (): Promise<Deployment> => {
    const body = {
      ref: sha,
      task: "deploy",
      auto_merge: false,
      required_contexts: [],
      payload: { ...payload },
      environment,
      description,
      production_environment: production,
      transient_environment: false,
    };
    const answer = await client.attempt(CREATE, body, deployment, [409, 422]);
    if (answer.refused !== undefined) throw refusedBy(answer.refused, `make a deployment to ${environment}`);
    return deploymentOf(client, appId, answer.data);
  };
  return orReadBack(post, async () => {
    const there = await readDeployments(client, appId, { environment, limit: PER_PAGE, sha });
    return there.find((one) => one.byApp && canonicalJson(one.payload) === canonicalJson(payload));
  });
}

/** See `GitHubRepository.deploymentStatuses`: the newest hundred. */
export async function readDeploymentStatuses(
  client: Client,
  appId: number,
  id: number,
): Promise<readonly DeploymentStatus[]> {
  const found = await client.call(STATUSES, { deployment_id: id, per_page: PER_PAGE }, z.array(status));
  const oldestFirst = found.toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id);
  return Promise.all(
    oldestFirst.map(async (one) => ({
      state: one.state,
      description: one.description ?? "",
      at: one.created_at,
      url: one.log_url || one.target_url || one.environment_url || "",
      byApp: await isByApp(client, appId, one.performed_via_github_app, one.creator?.login),
    })),
  );
}

/**
 * See `GitHubRepository.addDeploymentStatus`. `auto_inactive` would end what other apps have in the same environment.
 */
export async function addDeploymentStatus(
  client: Client,
  appId: number,
  id: number,
  { state, description, logUrl, environmentUrl }: DeploymentStatusDraft,
): Promise<void> {
  const post = async (): Promise<boolean> => {
    const body = {
      deployment_id: id,
      state,
      description,
      auto_inactive: false,
      ...(logUrl === undefined ? {} : { log_url: logUrl }),
      ...(environmentUrl === undefined ? {} : { environment_url: environmentUrl }),
    };
    await client.call(ADD_STATUS, body, z.unknown());
    return true;
  };
  await orReadBack(post, async () => {
    const last = (await readDeploymentStatuses(client, appId, id)).at(-1);
    return (last?.state === state && last.description === description) || undefined;
  });
}
