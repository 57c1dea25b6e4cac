import { emit, HOOK_ID } from "./deliver.ts";
import { commitAt } from "./history.ts";
import { type Json, nodeId, organizationObject, userByLogin } from "./objects/account.ts";
import { installationObject } from "./objects/app.ts";
import { webhookCheckRun } from "./objects/check.ts";
import { commentObject, issueObject } from "./objects/comment.ts";
import { deploymentObject, deploymentStatusObject } from "./objects/deployment.ts";
import { type PackageVersion, packageObject } from "./objects/package.ts";
import { fullPullObject, pullObject } from "./objects/pull.ts";
import { webhookRepository } from "./objects/repository.ts";
import { reviewObject } from "./objects/review.ts";
import { pullFacts } from "./pull-facts.ts";
import type { CheckRun, Comment, Installation, Pull, Repository } from "./state.ts";
import type { Deployment, DeploymentStatus, Issue, QueueEntry, Review } from "./state-parts.ts";
import { apiUrl, ensureAccount, findInstallation, gitDirOf, nowIso, type World } from "./world.ts";

/** Emits an event about a repository, with the fields that all of them share. */
export function emitForRepository(
  world: World,
  repository: Repository,
  event: string,
  sender: string,
  fields: Json,
): void {
  const installation = findInstallation(world, repository.owner);
  if (!installation) return;
  const owner = ensureAccount(world, repository.owner);
  const payload = {
    ...fields,
    repository: fields.repository ?? webhookRepository(world, repository),
    ...(owner.type === "Organization" ? { organization: organizationObject(world, owner) } : {}),
    sender: userByLogin(world, sender),
    installation: { id: installation.id, node_id: nodeId("IntegrationInstallation", installation.id) },
  };
  emit(world, event, payload, { installationId: installation.id, repositoryId: repository.id });
}

/** `pull_request` with this action. */
export async function emitPull(
  world: World,
  repository: Repository,
  pull: Pull,
  action: string,
  sender: string,
  more: Json = {},
): Promise<void> {
  const facts = await pullFacts(world, repository, pull);
  const full = fullPullObject(world, repository, pull, facts, "webhook");
  emitForRepository(world, repository, "pull_request", sender, {
    action,
    number: pull.number,
    pull_request: full,
    ...more,
  });
}

/** `pull_request_review` with this action. */
export function emitReview(
  world: World,
  repository: Repository,
  pull: Pull,
  review: Review,
  action: "submitted" | "dismissed",
  sender: string,
): void {
  emitForRepository(world, repository, "pull_request_review", sender, {
    action,
    review: reviewObject(world, repository, pull, review, "webhook"),
    pull_request: pullObject(world, repository, pull, "webhook"),
  });
}

/** `deployment` created. */
export function emitDeployment(world: World, repository: Repository, deployment: Deployment, sender: string): void {
  emitForRepository(world, repository, "deployment", sender, {
    action: "created",
    deployment: deploymentObject(world, repository, deployment),
    workflow: null,
    workflow_run: null,
  });
}

/** `deployment_status` created. */
export function emitDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
  sender: string,
): void {
  const { log_url: _logUrl, ...object } = deploymentStatusObject(world, repository, deployment, status);
  emitForRepository(world, repository, "deployment_status", sender, {
    action: "created",
    deployment_status: status.logUrl === "" ? object : { ...object, log_url: status.logUrl },
    deployment: deploymentObject(world, repository, deployment),
  });
}

/** `merge_group` with this action. */
export async function emitMergeGroup(
  world: World,
  repository: Repository,
  base: string,
  entry: QueueEntry,
  action: "checks_requested" | "destroyed",
  sender: string,
  more: Json = {},
): Promise<void> {
  const commit = await commitAt(gitDirOf(world, repository), entry.sha);
  if (!commit) throw new Error(`the group ${entry.ref} has no commit`);
  const { author, committer } = commit;
  emitForRepository(world, repository, "merge_group", sender, {
    action,
    merge_group: {
      head_sha: entry.sha,
      head_ref: entry.ref,
      base_sha: entry.baseSha,
      base_ref: `refs/heads/${base}`,
      head_commit: {
        id: commit.sha,
        tree_id: commit.tree,
        message: commit.message,
        timestamp: committer.date,
        author: { name: author.name, email: author.email },
        committer: { name: committer.name, email: committer.email },
      },
    },
    ...more,
  });
}

/** `issue_comment` with this action. */
export function emitComment(
  world: World,
  repository: Repository,
  issue: Pull | Issue,
  comment: Comment,
  action: string,
  sender: string,
  more: Json = {},
): void {
  emitForRepository(world, repository, "issue_comment", sender, {
    action,
    issue: issueObject(world, repository, issue),
    comment: commentObject(world, repository, comment),
    ...more,
  });
}

/** `check_run` with this action. */
export function emitCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: string,
  sender: string,
): void {
  const suite = repository.checkSuites.find((one) => one.id === run.suiteId);
  if (!suite) throw new Error(`check run ${run.id} has no suite`);
  const object = webhookCheckRun(world, repository, run, suite);
  emitForRepository(world, repository, "check_run", sender, { action, check_run: object });
}

/** `installation` created, with the repositories that it covers. */
export function emitInstalled(world: World, installation: Installation, sender: string): void {
  const repositories = world.state.repositories
    .filter((one) => one.owner === installation.account)
    .map(briefRepository);
  const payload = {
    action: "created",
    installation: installationObject(world, installation),
    repositories,
    sender: userByLogin(world, sender),
  };
  emit(world, "installation", payload, { installationId: installation.id, repositoryId: null });
}

/** `installation` new_permissions_accepted. */
export function emitGranted(world: World, installation: Installation, sender: string): void {
  const payload = {
    action: "new_permissions_accepted",
    installation: installationObject(world, installation),
    sender: userByLogin(world, sender),
  };
  emit(world, "installation", payload, { installationId: installation.id, repositoryId: null });
}

/** `installation_repositories` added. */
export function emitAdded(world: World, installation: Installation, repository: Repository, sender: string): void {
  const payload = {
    action: "added",
    installation: installationObject(world, installation),
    repository_selection: "all",
    repositories_added: [briefRepository(repository)],
    repositories_removed: [],
    requester: null,
    sender: userByLogin(world, sender),
  };
  emit(world, "installation_repositories", payload, { installationId: installation.id, repositoryId: null });
}

function briefRepository({ id, owner, name, private: hidden }: Repository): Json {
  return { id, node_id: nodeId("Repository", id), name, full_name: `${owner}/${name}`, private: hidden };
}

/** `registry_package` published. */
export function emitPackage(world: World, repository: Repository, version: PackageVersion, sender: string): void {
  const registryPackage = packageObject(world, repository, version);
  const fields = { action: "published", registry_package: registryPackage };
  emitForRepository(world, repository, "registry_package", sender, fields);
}

/** `ping`, sent when the hook gets its address. */
export function emitPing(world: World): void {
  const { app } = world.state;
  const payload = {
    zen: "Keep it logically awesome.",
    hook_id: HOOK_ID,
    hook: {
      type: "App",
      id: HOOK_ID,
      name: "web",
      active: true,
      app_id: app.id,
      events: app.events,
      config: { content_type: "json", insecure_ssl: "0", secret: "********", url: world.webhook.url ?? "" },
      updated_at: nowIso(world),
      created_at: app.createdAt,
      url: `${apiUrl(world)}/app/hook`,
      ping_url: `${apiUrl(world)}/app/hook/pings`,
      deliveries_url: `${apiUrl(world)}/app/hook/deliveries`,
    },
  };
  emit(world, "ping", payload, { installationId: null, repositoryId: null });
}
