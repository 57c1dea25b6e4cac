import { createHmac, randomUUID } from "node:crypto";

import { grants, permissionsOf } from "./auth.ts";
import { notFound } from "./errors.ts";
import type { Delivery, WebhookEvent } from "./types.ts";
import { nextId, now, type World } from "./world.ts";

/** GitHub drops a delivery after this long. */
const TIMEOUT_MS = 10_000;
/** Sent to every app, subscribed or not. */
const ALWAYS = new Set(["ping", "installation", "installation_repositories"]);

/** What a delivery is about, besides its payload. */
export interface EventScope {
  readonly installationId: number | null;
  readonly repositoryId: number | null;
}

interface Outcome {
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Tells the app about something, if it subscribed. Sending happens in the background; GitHub never retries. */
export function emit(world: World, event: string, payload: Readonly<Record<string, unknown>>, scope: EventScope): void {
  const rerequest = event === "check_run" && payload.action === "rerequested";
  if (!ALWAYS.has(event) && !rerequest && !world.state.app.events.includes(event)) return;
  if (!mayHear(world, event, scope)) return;
  const action = typeof payload.action === "string" ? payload.action : null;
  // A copy: the payload is what was true at this moment.
  const told: WebhookEvent = { guid: randomUUID(), event, action, payload: structuredClone(payload) };
  world.state.events.push(told);
  world.options.onEvent?.(told);
  dispatch(world, told, scope);
}

/** GitHub tells an installation only what its permissions let it read. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  push: ["contents"],
  pull_request: ["pull_requests"],
  pull_request_review: ["pull_requests"],
  issue_comment: ["issues", "pull_requests"],
  check_run: ["checks"],
  check_suite: ["checks"],
  registry_package: ["packages"],
  status: ["statuses"],
  deployment: ["deployments"],
  deployment_status: ["deployments"],
};

function mayHear(world: World, event: string, scope: EventScope): boolean {
  const needs = NEEDS[event];
  const installation = world.state.installations.find((one) => one.id === scope.installationId);
  if (!needs || !installation) return true;
  return needs.some((name) => grants(permissionsOf(world, installation), name, "read"));
}

function dispatch(world: World, told: WebhookEvent, scope: EventScope): void {
  if (world.webhook.url === undefined) return;
  if (world.webhook.mode === "hold") {
    world.webhook.held.push(() => track(world, attempt(world, told, scope, false)));
    return;
  }
  track(world, attempt(world, told, scope, false));
}

/** Lets `settled` wait for work in the background; its failure is logged. */
export function track(world: World, work: Promise<unknown>): void {
  const settled: Promise<unknown> = work
    .catch((error: unknown) => world.options.log?.({ level: "error", message: "work in the background failed", error }))
    .finally(() => world.webhook.pending.delete(settled));
  world.webhook.pending.add(settled);
}

/** Sends an earlier delivery again, under the same GUID. */
export async function redeliver(world: World, deliveryId: number): Promise<Delivery> {
  const earlier = world.state.deliveries.find((one) => one.id === deliveryId);
  if (!earlier) throw notFound();
  const scope = { installationId: earlier.installationId, repositoryId: earlier.repositoryId };
  const work = attempt(world, earlier, scope, true);
  track(world, work);
  return work;
}

async function attempt(world: World, told: WebhookEvent, scope: EventScope, redelivery: boolean): Promise<Delivery> {
  const url = world.webhook.url ?? "";
  const body = JSON.stringify(told.payload);
  const headers = requestHeaders(world, told, body);
  const started = performance.now();
  const deliveredAt = now(world).toISOString();
  const outcome = world.webhook.mode === "fail" ? OUTAGE : await send(world, url, headers, body);
  const delivery: Delivery = {
    guid: told.guid,
    event: told.event,
    action: told.action,
    payload: told.payload,
    id: nextId(world),
    deliveredAt,
    redelivery,
    duration: Math.round((performance.now() - started) / 10) / 100,
    status: outcome.status,
    statusCode: outcome.statusCode,
    url,
    ...scope,
    requestHeaders: headers,
    requestBody: body,
    responseHeaders: outcome.headers,
    responseBody: outcome.body,
  };
  world.state.deliveries.push(delivery);
  return delivery;
}

const OUTAGE: Outcome = { status: "failed to connect to host", statusCode: 0, headers: {}, body: "" };

async function send(
  world: World,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.any([
        AbortSignal.timeout(world.options.webhook?.timeoutMs ?? TIMEOUT_MS),
        world.webhook.stop.signal,
      ]),
    });
    const text = await response.text();
    return {
      status: response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: text.slice(0, 65_536),
    };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return { ...OUTAGE, status: timedOut ? "timed out" : OUTAGE.status };
  }
}

function requestHeaders(world: World, told: WebhookEvent, body: string): Record<string, string> {
  const { app } = world.state;
  const sign = (algorithm: string): string => createHmac(algorithm, app.webhookSecret).update(body).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/local",
    "x-github-delivery": told.guid,
    "x-github-event": told.event,
    "x-github-hook-id": String(HOOK_ID),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${sign("sha1")}`,
    "x-hub-signature-256": `sha256=${sign("sha256")}`,
  };
}

/** The id of the app's one hook. */
export const HOOK_ID = 1;
