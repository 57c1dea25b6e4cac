import { z } from "zod";

import { addDeploymentStatus, createDeployment, deploymentOf } from "../actions/deployments.ts";
import { ApiError } from "../errors.ts";
import { revParse } from "../git.ts";
import { deploymentObject, deploymentStatusObject } from "../objects/deployment.ts";
import { latestRuns, latestStatuses } from "../reported.ts";
import type { Repository } from "../state.ts";
import { DEPLOYMENT_STATES, type Deployment } from "../state-parts.ts";
import { gitDirOf } from "../world.ts";
import {
  actorOf,
  bodyAs,
  type Call,
  numberParam,
  onRepository,
  paged,
  type Reply,
  type Route,
  reads,
  writes,
} from "./route.ts";

const CreateBody = z.strictObject({
  ref: z.string(),
  task: z.string().optional(),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(),
  environment: z.string().default("production"),
  description: z.string().nullish(),
  transient_environment: z.boolean().optional(),
  production_environment: z.boolean().optional(),
});

const StatusBody = z.strictObject({
  state: z.enum(DEPLOYMENT_STATES),
  target_url: z.string().optional(),
  log_url: z.string().optional(),
  description: z.string().max(140).optional(),
  environment: z.string().optional(),
  environment_url: z.string().optional(),
  auto_inactive: z.boolean().optional(),
});

const MANY = "/repos/{owner}/{repo}/deployments";
const ONE = `${MANY}/{deployment_id}`;
const read = reads("deployments");
const write = writes("write", "deployments");

function theDeployment(call: Call, repository: Repository): Deployment {
  return deploymentOf(repository, numberParam(call, "deployment_id"));
}

function listDeployments(call: Call, repository: Repository): Reply {
  const { sha, ref, task, environment } = call.query;
  const asked = (wanted: string | undefined, is: string): boolean =>
    wanted === undefined || wanted === "none" || wanted === is;
  const found = repository.deployments
    .filter((one) => asked(sha, one.sha) && asked(ref, one.ref))
    .filter((one) => asked(task, one.task) && asked(environment, one.environment))
    .reverse();
  return paged(call, found, (page) => page.map((one) => deploymentObject(call.world, repository, one)));
}

/** 409 where the commit's checks and statuses, or those that the request names, are not all green. */
function requireContexts(
  repository: Repository,
  ref: string,
  sha: string,
  wanted: readonly string[] | undefined,
): void {
  const reported = [
    ...latestStatuses(repository, sha).map((one) => ({ name: one.context, green: one.state === "success" })),
    ...latestRuns(repository, sha).map((one) => ({
      name: one.name,
      green: ["success", "neutral", "skipped"].includes(one.conclusion ?? ""),
    })),
  ];
  const names = wanted ?? reported.map((one) => one.name);
  const missing = names.filter((name) => !reported.some((one) => one.name === name && one.green));
  if (missing.length > 0) throw new ApiError(409, `Conflict: Commit status checks failed for ${ref}.`);
}

async function create(call: Call, repository: Repository): Promise<Reply> {
  const body = bodyAs(call, CreateBody);
  const sha = await revParse(gitDirOf(call.world, repository), body.ref);
  if (sha === undefined) throw new ApiError(422, `No ref found for: ${body.ref}`);
  requireContexts(repository, body.ref, sha, body.required_contexts);
  const input = {
    sha,
    ref: body.ref,
    environment: body.environment,
    task: body.task,
    description: body.description,
    payload: body.payload,
    transient: body.transient_environment,
    production: body.production_environment,
  };
  const deployment = createDeployment(call.world, repository, input, actorOf(call));
  return { status: 201, body: deploymentObject(call.world, repository, deployment) };
}

function addStatus(call: Call, repository: Repository): Reply {
  const deployment = theDeployment(call, repository);
  const body = bodyAs(call, StatusBody);
  if (body.environment !== undefined && body.environment !== deployment.environment)
    throw new ApiError(422, "the local GitHub does not move deployments to another environment");
  const input = {
    state: body.state,
    description: body.description,
    logUrl: body.log_url ?? body.target_url,
    environmentUrl: body.environment_url,
    autoInactive: body.auto_inactive,
  };
  const status = addDeploymentStatus(call.world, repository, deployment, input, actorOf(call));
  return { status: 201, body: deploymentStatusObject(call.world, repository, deployment, status) };
}

/** Deployments and their statuses. Stricter than GitHub in one point: `auto_merge` merges nothing here. */
export const deploymentRoutes: readonly Route[] = [
  onRepository("GET", MANY, read, listDeployments),
  onRepository("POST", MANY, write, create),
  onRepository("GET", ONE, read, (call, repository) => ({
    status: 200,
    body: deploymentObject(call.world, repository, theDeployment(call, repository)),
  })),
  onRepository("GET", `${ONE}/statuses`, read, (call, repository) => {
    const deployment = theDeployment(call, repository);
    return paged(call, deployment.statuses.toReversed(), (page) =>
      page.map((one) => deploymentStatusObject(call.world, repository, deployment, one)),
    );
  }),
  onRepository("POST", `${ONE}/statuses`, write, addStatus),
];
