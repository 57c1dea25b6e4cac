import { emit, HOOK_ID } from "./deliver.ts";
import { type Json, nodeId, organizationObject, userByLogin } from "./objects/account.ts";
import { installationObject } from "./objects/app.ts";
import { webhookCheckRun } from "./objects/check.ts";
import { commentObject, issueObject } from "./objects/comment.ts";
import { fullPullObject } from "./objects/pull.ts";
import { webhookRepository } from "./objects/repository.ts";
import { pullFacts } from "./pull-facts.ts";
import type { CheckRun, Comment, Installation, Pull, Repository } from "./state.ts";
import { apiUrl, ensureAccount, findInstallation, nowIso, type World } from "./world.ts";

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

/** `issue_comment` with this action. */
export function emitComment(
  world: World,
  repository: Repository,
  pull: Pull,
  comment: Comment,
  action: string,
  sender: string,
  more: Json = {},
): void {
  emitForRepository(world, repository, "issue_comment", sender, {
    action,
    issue: issueObject(world, repository, pull),
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
    .map((one) => ({
      id: one.id,
      node_id: nodeId("Repository", one.id),
      name: one.name,
      full_name: `${one.owner}/${one.name}`,
      private: one.private,
    }));
  const payload = {
    action: "created",
    installation: installationObject(world, installation),
    repositories,
    sender: userByLogin(world, sender),
  };
  emit(world, "installation", payload, { installationId: installation.id, repositoryId: null });
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
