import { z } from "zod";

import { checkRunOf, createCheckRun, updateCheckRun } from "../actions/checks.ts";
import { createStatus } from "../actions/statuses.ts";
import { notFound, validationFailed } from "../errors.ts";
import { revParse } from "../git.ts";
import { annotationObject, checkRunObject, statusObject } from "../objects/check.ts";
import { repositoryApi, repositoryObject } from "../objects/repository.ts";
import { latestRuns, latestStatuses } from "../reported.ts";
import type { CheckRun, Repository } from "../state.ts";
import { gitDirOf } from "../world.ts";
import {
  actorOf,
  bodyAs,
  type Call,
  numberParam,
  onRepository,
  paged,
  param,
  type Reply,
  type Route,
  reads,
  writes,
} from "./route.ts";

const AnnotationBody = z.strictObject({
  path: z.string(),
  start_line: z.number().int(),
  end_line: z.number().int(),
  start_column: z.number().int().nullable().default(null),
  end_column: z.number().int().nullable().default(null),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
});

const fields = {
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  started_at: z.iso.datetime({ offset: true }).optional(),
  conclusion: z
    .enum(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"])
    .optional(),
  completed_at: z.iso.datetime({ offset: true }).optional(),
  actions: z
    .array(
      z.strictObject({ label: z.string().max(20), description: z.string().max(40), identifier: z.string().max(20) }),
    )
    .max(3)
    .optional(),
};

const outputFields = {
  text: z.string().optional(),
  annotations: z.array(AnnotationBody).optional(),
  images: z
    .array(z.strictObject({ alt: z.string(), image_url: z.string(), caption: z.string().optional() }))
    .optional(),
};

const CreateBody = z.strictObject({
  ...fields,
  name: z.string(),
  head_sha: z.string(),
  output: z.strictObject({ ...outputFields, title: z.string(), summary: z.string() }).optional(),
});

const UpdateBody = z.strictObject({
  ...fields,
  name: z.string().optional(),
  output: z.strictObject({ ...outputFields, title: z.string().optional(), summary: z.string() }).optional(),
});

const StatusBody = z.strictObject({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().max(140).nullish(),
  context: z.string().default("default"),
});

const read = reads("checks");
const write = writes(null, "checks");
const ONE = "/repos/{owner}/{repo}/check-runs/{check_run_id}";

function theRun(call: Call, repository: Repository): CheckRun {
  return checkRunOf(repository, numberParam(call, "check_run_id"));
}

async function shaOf(call: Call, repository: Repository, revision: string): Promise<string> {
  const sha = await revParse(gitDirOf(call.world, repository), revision);
  if (sha === undefined)
    throw validationFailed({ resource: "Commit", code: "custom", message: `No commit found for SHA: ${revision}` });
  return sha;
}

async function listRuns(call: Call, repository: Repository): Promise<Reply> {
  const { check_name: name, status, app_id: appId, filter = "latest" } = call.query;
  const sha = await shaOf(call, repository, param(call, "ref"));
  const found = repository.checkRuns
    .filter((run) => run.headSha === sha)
    .filter((run) => name === undefined || run.name === name)
    .filter((run) => status === undefined || run.status === status)
    .filter((run) => appId === undefined || Number(appId) === run.appId)
    .reverse();
  const latest = new Set(latestRuns(repository, sha));
  const runs = filter === "all" ? found : found.filter((run) => latest.has(run));
  return paged(call, runs, (page) => ({
    total_count: runs.length,
    check_runs: page.map((run) => checkRunObject(call.world, repository, run)),
  }));
}

const checkRunRoutes: readonly Route[] = [
  onRepository("POST", "/repos/{owner}/{repo}/check-runs", write, async (call, repository) => {
    const body = bodyAs(call, CreateBody);
    const sha = await shaOf(call, repository, body.head_sha);
    const run = createCheckRun(call.world, repository, sha, body.name, body);
    return { status: 201, body: checkRunObject(call.world, repository, run) };
  }),
  onRepository("GET", ONE, read, (call, repository) => ({
    status: 200,
    body: checkRunObject(call.world, repository, theRun(call, repository)),
  })),
  onRepository("PATCH", ONE, write, (call, repository) => {
    const run = theRun(call, repository);
    updateCheckRun(call.world, repository, run, bodyAs(call, UpdateBody));
    return { status: 200, body: checkRunObject(call.world, repository, run) };
  }),
  onRepository("GET", `${ONE}/annotations`, read, (call, repository) => {
    const run = theRun(call, repository);
    return paged(call, run.annotations, (page) =>
      page.map((one) => annotationObject(call.world, repository, run, one)),
    );
  }),
  onRepository("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", read, listRuns),
];

async function combinedStatus(call: Call, repository: Repository): Promise<Reply> {
  const sha = await revParse(gitDirOf(call.world, repository), param(call, "ref"));
  if (sha === undefined) throw notFound();
  const latest = latestStatuses(repository, sha);
  const bad = latest.some((one) => one.state === "failure" || one.state === "error");
  const fine = latest.length > 0 && latest.every((one) => one.state === "success");
  const api = repositoryApi(call.world, repository);
  return paged(call, latest, (page) => ({
    state: bad ? "failure" : fine ? "success" : "pending",
    statuses: page.map((one) => {
      const { creator: _creator, ...simple } = statusObject(call.world, repository, one);
      return simple;
    }),
    sha,
    total_count: latest.length,
    repository: repositoryObject(call.world, repository),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  }));
}

const statusRoutes: readonly Route[] = [
  onRepository(
    "POST",
    "/repos/{owner}/{repo}/statuses/{sha}",
    writes("write", "statuses"),
    async (call, repository) => {
      const body = bodyAs(call, StatusBody);
      const sha = await shaOf(call, repository, param(call, "sha"));
      const input = { ...body, description: body.description ?? null, targetUrl: body.target_url ?? null };
      const status = await createStatus(call.world, repository, sha, input, actorOf(call).login);
      return { status: 201, body: statusObject(call.world, repository, status) };
    },
  ),
  onRepository("GET", "/repos/{owner}/{repo}/commits/{ref}/status", reads("statuses"), combinedStatus),
  onRepository("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses", reads("statuses"), async (call, repository) => {
    const sha = await revParse(gitDirOf(call.world, repository), param(call, "ref"));
    const found = repository.statuses.filter((one) => one.sha === sha).reverse();
    return paged(call, found, (page) => page.map((one) => statusObject(call.world, repository, one)));
  }),
];

/** Check runs and commit statuses. */
export const checkRoutes: readonly Route[] = [...checkRunRoutes, ...statusRoutes];
