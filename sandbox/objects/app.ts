import { createHash } from "node:crypto";
import { permissionsOf } from "../auth.ts";
import type { Installation, InstallationToken } from "../state.ts";
import type { Delivery } from "../types.ts";
import { apiUrl, ensureAccount, type World } from "../world.ts";
import { type Json, nodeId, userByLogin, userObject } from "./account.ts";
import { repositoryObject } from "./repository.ts";

/** The App, ours or the foreign one with this id, as webhook payloads and `performed_via_github_app` carry it. */
export function appObject(world: World, id: number = world.state.app.id): Json {
  const foreign = world.state.foreignApps.find((one) => one.id === id);
  const app = foreign ? { ...foreign, name: foreign.slug, permissions: {}, events: [] } : world.state.app;
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    owner: userObject(world, ensureAccount(world, `${app.slug}-maintainers`, "Organization")),
    name: app.name,
    description: "",
    external_url: world.origin,
    html_url: `${world.origin}/-/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** `installation`. */
export function installationObject(world: World, installation: Installation): Json {
  const { app } = world.state;
  const account = ensureAccount(world, installation.account);
  const url = `${apiUrl(world)}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    account: userByLogin(world, installation.account),
    repository_selection: "all",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl(world)}/installation/repositories`,
    html_url: `${world.origin}/-/apps/${app.slug}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: permissionsOf(world, installation),
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

/** `installation-token`. */
export function installationTokenObject(world: World, token: InstallationToken): Json {
  const ids = token.repositoryIds;
  const repositories = world.state.repositories.filter((one) => ids?.includes(one.id));
  return {
    token: token.token,
    expires_at: token.expiresAt,
    permissions: token.permissions,
    repository_selection: ids === null ? "all" : "selected",
    ...(ids === null ? {} : { repositories: repositories.map((one) => repositoryObject(world, one)) }),
  };
}

/** `hook-delivery-item`. */
export function deliveryItemObject(delivery: Delivery): Json {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** `hook-delivery`. */
export function deliveryObject(delivery: Delivery): Json {
  return {
    ...deliveryItemObject(delivery),
    url: delivery.url,
    request: { headers: delivery.requestHeaders, payload: delivery.payload },
    response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
  };
}

/** A validator for conditional requests. */
export function etagOf(text: string): string {
  return `W/"${createHash("sha256").update(text).digest("hex")}"`;
}
