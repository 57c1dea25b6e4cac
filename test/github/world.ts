import type { LocalGitHubOptions, PullSummary } from "../../sandbox/index.ts";
import { createGitHub, type GitHubEdge, type GitHubOptions } from "../../src/github/index.ts";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { memoryLog, memoryMetrics } from "../webhooks/fakes.ts";

/** The repository of these tests. */
export const REPOSITORY = { owner: "acme", name: "gitops" };

/**
 * A local GitHub with the repository and one open pull request. Starting one takes a good part of a second, so that the
 * tests of a file share it.
 */
export interface Start {
  readonly local: CheckedGitHub;
  readonly pull: PullSummary;
}

/** Starts one. */
export async function startLocal(options: Partial<LocalGitHubOptions> = {}): Promise<Start> {
  const app = { permissions: TOKEN_PERMISSIONS, events: ["pull_request", "issue_comment"] };
  const local = await startCheckedGitHub({ app, ...options });
  await local.createRepository({ ...REPOSITORY, files: { "README.md": "hello\n" } });
  await local.commit({ ...REPOSITORY, branch: "change", files: { "README.md": "changed\n" } });
  return { local, pull: await local.openPull({ ...REPOSITORY, head: "change", title: "Change" }) };
}

/** An edge that knows nothing yet, with what it told and asked. */
export interface EdgeWorld extends Start {
  readonly edge: GitHubEdge;
  readonly counted: ReturnType<typeof memoryMetrics>["calls"];
  readonly log: ReturnType<typeof memoryLog>;
  /** Adds to the edge's clock. */
  later(ms: number): void;
  /** Another edge with nothing in memory, like a worker that was started anew. */
  fresh(more?: Partial<GitHubOptions>): GitHubEdge;
  github(edge?: GitHubEdge): Promise<GitHubRepository>;
  /** Method and template of each request since the last call. */
  asked(): string[];
}

/** Makes one. */
export function edgeWorld({ local, pull }: Start): EdgeWorld {
  const metrics = memoryMetrics();
  const log = memoryLog();
  // Time stands still unless it is put forward: what was seen just now spares requests for some seconds.
  let now = Date.now();
  let seen = local.requests.length;
  const fresh = (more: Partial<GitHubOptions> = {}) =>
    createGitHub({
      deadlineMs: 600_000,
      app: { id: local.app.id, privateKey: local.app.privateKey },
      apiUrl: local.apiUrl,
      log,
      metrics,
      clock: () => now,
      ...more,
    });
  const edge = fresh();
  return {
    local,
    pull,
    edge,
    counted: metrics.calls,
    log,
    later: (ms) => {
      now += ms;
    },
    fresh,
    github: (other = edge) => other.for(local.installationId, REPOSITORY),
    asked: () => {
      const lines = local.requests.slice(seen).map((one) => `${one.method} ${one.template}`);
      seen = local.requests.length;
      return lines;
    },
  };
}

/** Deletes comments as a person who may: this one, or all of the pull request. */
export async function removeComments({ local, pull }: Start, id?: number): Promise<void> {
  const { login, token } = local.user("admin-of-acme");
  local.setPermission({ ...REPOSITORY, login, permission: "admin" });
  const ids = id === undefined ? local.comments(pull).map((one) => one.id) : [id];
  for (const one of ids) {
    const address = `${local.apiUrl}/repos/acme/gitops/issues/comments/${one}`;
    const { status } = await fetch(address, { method: "DELETE", headers: { authorization: `token ${token}` } });
    if (status !== 204) throw new Error(`the comment was not deleted: ${status}`);
  }
}

/** Routes as they stand in the request log. */
export const ROUTES = {
  app: "GET /app",
  token: "POST /app/installations/{installation_id}/access_tokens",
  installation: "GET /repos/{owner}/{repo}/installation",
  pull: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
  listComments: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
  createComment: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  updateComment: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  deleteComment: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
  listChecks: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
  createCheck: "POST /repos/{owner}/{repo}/check-runs",
  updateCheck: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  annotations: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
  react: "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  permission: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
  listStatuses: "GET /repos/{owner}/{repo}/commits/{ref}/status",
  grant: "GET /app/installations/{installation_id}",
  listPulls: "GET /repos/{owner}/{repo}/pulls",
  createPull: "POST /repos/{owner}/{repo}/pulls",
  updatePull: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  mergePull: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  updateIssue: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
  requestReviewers: "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  listReviews: "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  dismissReview: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals",
  createBlob: "POST /repos/{owner}/{repo}/git/blobs",
  createTree: "POST /repos/{owner}/{repo}/git/trees",
  createCommit: "POST /repos/{owner}/{repo}/git/commits",
  readRef: "GET /repos/{owner}/{repo}/git/ref/{ref}",
  createRef: "POST /repos/{owner}/{repo}/git/refs",
  updateRef: "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
  deleteRef: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
  readFile: "GET /repos/{owner}/{repo}/contents/{path}",
  writeFile: "PUT /repos/{owner}/{repo}/contents/{path}",
  team: "GET /orgs/{org}/teams/{team_slug}/memberships/{username}",
  createDeployment: "POST /repos/{owner}/{repo}/deployments",
  addDeploymentStatus: "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
  createStatus: "POST /repos/{owner}/{repo}/statuses/{sha}",
  listIssues: "GET /repos/{owner}/{repo}/issues",
  createIssue: "POST /repos/{owner}/{repo}/issues",
  listDeployments: "GET /repos/{owner}/{repo}/deployments",
  branchRules: "GET /repos/{owner}/{repo}/rules/branches/{branch}",
  deploymentStatuses: "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
} as const;

/** The template of a route, as faults name it. */
export function templateOf(route: string): string {
  return route.slice(route.indexOf(" ") + 1);
}
