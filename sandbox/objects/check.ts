import type { CheckRun, CheckSuite, CommitStatus, Repository, StoredAnnotation } from "../state.ts";
import { htmlUrl, type World } from "../world.ts";
import { type Json, nodeId, userByLogin } from "./account.ts";
import { appObject } from "./app.ts";
import { minimalPullObject } from "./pull.ts";
import { repositoryApi } from "./repository.ts";

function pullsOf(world: World, repository: Repository, sha: string): Json[] {
  return repository.pulls
    .filter((pull) => pull.headSha === sha && pull.headRepoId === repository.id && pull.state === "open")
    .map((pull) => minimalPullObject(world, repository, pull));
}

/** `check-run`. */
export function checkRunObject(world: World, repository: Repository, run: CheckRun): Json {
  const url = `${repositoryApi(world, repository)}/check-runs/${run.id}`;
  const html = `${htmlUrl(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? "",
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appObject(world, run.appId),
    pull_requests: pullsOf(world, repository, run.headSha),
  };
}

/** The check run as webhook payloads carry it, with its suite. */
export function webhookCheckRun(world: World, repository: Repository, run: CheckRun, suite: CheckSuite): Json {
  const branch = Object.entries(repository.refs).find(
    ([name, sha]) => sha === run.headSha && name.startsWith("refs/heads/"),
  );
  return {
    ...checkRunObject(world, repository, run),
    check_suite: {
      id: suite.id,
      node_id: nodeId("CheckSuite", suite.id),
      head_branch: branch?.[0].replace("refs/heads/", "") ?? null,
      head_sha: suite.headSha,
      status: run.status,
      conclusion: run.conclusion,
      url: `${repositoryApi(world, repository)}/check-suites/${suite.id}`,
      before: null,
      after: suite.headSha,
      pull_requests: pullsOf(world, repository, suite.headSha),
      app: appObject(world, suite.appId),
      created_at: suite.createdAt,
      updated_at: suite.createdAt,
    },
  };
}

/** `check-annotation`. */
export function annotationObject(world: World, repository: Repository, run: CheckRun, one: StoredAnnotation): Json {
  return { ...one, blob_href: `${htmlUrl(world, repository)}/blob/${run.headSha}/${one.path}` };
}

/** `status`. */
export function statusObject(world: World, repository: Repository, status: CommitStatus): Json {
  const creator = userByLogin(world, status.creator);
  return {
    url: `${repositoryApi(world, repository)}/statuses/${status.sha}`,
    avatar_url: creator.avatar_url,
    id: status.id,
    node_id: nodeId("Status", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator,
  };
}
