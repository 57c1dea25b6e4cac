import { issuePage } from "./objects/comment.ts";
import { pullNodeId } from "./objects/pull.ts";
import type { CheckRun, Comment, Pull, Repository } from "./state.ts";
import type { Deployment, Issue, Review } from "./state-parts.ts";
import type { CommentSummary, IssueSummary, PullSummary } from "./types.ts";
import type { CheckRunSummary } from "./types-common.ts";
import type { DeploymentSummary, ReviewSummary } from "./types-release.ts";
import { htmlUrl, issueOf, type World } from "./world.ts";

/** A pull request as tests see it. */
export function summarizePull(world: World, repository: Repository, pull: Pull): PullSummary {
  return {
    owner: repository.owner,
    name: repository.name,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    merged: pull.mergedAt !== null,
    mergeCommitSha: pull.mergeCommitSha,
    headRef: pull.headRef,
    headSha: pull.headSha,
    baseRef: pull.baseRef,
    baseSha: pull.baseSha,
    author: pull.author,
    labels: [...pull.labels],
    assignees: [...pull.assignees],
    requestedReviewers: [...pull.requestedReviewers],
    requestedTeams: [...pull.requestedTeams],
    nodeId: pullNodeId(pull),
    mergedBy: pull.mergedBy,
    queued: repository.queue.some((one) => one.number === pull.number),
    url: `${htmlUrl(world, repository)}/pull/${pull.number}`,
  };
}

/** An issue as tests see it. */
export function summarizeIssue(world: World, repository: Repository, issue: Issue): IssueSummary {
  const { number, title, body, state, author } = issue;
  const { owner, name } = repository;
  const url = issuePage(world, repository, issue);
  return { owner, name, number, title, body, state, author, labels: [...issue.labels], url };
}

/** A comment as tests see it. */
export function summarizeComment(world: World, repository: Repository, comment: Comment): CommentSummary {
  return {
    id: comment.id,
    author: comment.author,
    body: comment.body,
    byApp: comment.byApp,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    reactions: comment.reactions.map(({ content, user }) => ({ content, user })),
    url: `${issuePage(world, repository, issueOf(repository, comment.number))}#issuecomment-${comment.id}`,
  };
}

/** A check run as tests see it. */
export function summarizeCheckRun(world: World, repository: Repository, run: CheckRun): CheckRunSummary {
  return {
    id: run.id,
    app: [world.state.app, ...world.state.foreignApps].find((one) => one.id === run.appId)?.slug ?? "",
    name: run.name,
    headSha: run.headSha,
    externalId: run.externalId,
    status: run.status,
    conclusion: run.conclusion,
    title: run.title,
    summary: run.summary,
    text: run.text,
    annotations: run.annotations.map((one) => ({
      path: one.path,
      startLine: one.start_line,
      endLine: one.end_line,
      level: one.annotation_level,
      message: one.message,
      title: one.title,
    })),
    url: `${htmlUrl(world, repository)}/runs/${run.id}`,
  };
}

/** A review as tests see it. */
export function summarizeReview(review: Review): ReviewSummary {
  const { id, author, state, body, commitId, submittedAt, dismissal } = review;
  return { id, author, state, body, commitId, submittedAt, dismissedFor: dismissal?.message ?? null };
}

/** A deployment as tests see it. */
export function summarizeDeployment(deployment: Deployment): DeploymentSummary {
  const { id, sha, ref, environment, payload, creator, createdAt, statuses } = deployment;
  return {
    id,
    payload,
    sha,
    ref,
    environment,
    creator,
    createdAt,
    statuses: statuses.map((one) => ({
      state: one.state,
      description: one.description,
      url: one.logUrl,
      creator: one.creator,
      createdAt: one.createdAt,
    })),
  };
}
