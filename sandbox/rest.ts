import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

import { authenticate, type Caller, callerName } from "./auth.ts";
import { ApiError, notFound } from "./errors.ts";
import { takeFault } from "./faults.ts";
import { graphqlRoute } from "./graphql.ts";
import { etagOf } from "./objects/app.ts";
import { rateLimit, spend } from "./rate-limit.ts";
import type { Reply } from "./routes/route.ts";
import { type Match, matchRoute } from "./routes/table.ts";
import type { Fault } from "./types.ts";
import { apiUrl, formerlyNamed, nowIso, type World } from "./world.ts";

const MAX_BODY_BYTES = 25_000_000;

type NodeContext = Context<{ Bindings: HttpBindings }>;

/** A request on its way through. */
interface Incoming {
  readonly context: NodeContext;
  readonly url: URL;
  /** Below the API's base address, still encoded. */
  readonly path: string;
  readonly match: Match | undefined;
}

/** What came of it. */
interface Outcome {
  readonly reply: Reply;
  readonly actor: string;
  readonly requestBody: unknown;
}

/** Answers one request below the API's base address. */
export function handleRest(world: World, context: NodeContext): Promise<Response> {
  const url = new URL(context.req.url);
  const path = byName(world, url.pathname.slice("/api/v3".length) || "/");
  return Promise.resolve(
    redirectOf(world, context.req.method, path, url.search) ??
      handle(world, { context, url, path, match: matchRoute(context.req.method, path) }),
  );
}

/** The path with the repository's name where it has the number, as redirects have it. */
function byName(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const found = world.state.repositories.find((one) => one.id === Number(id));
  return found ? `/repos/${found.owner}/${found.name}${rest}` : path;
}

/** GitHub's answer under the former name of a repository. */
function redirectOf(world: World, method: string, path: string, search: string): Response | undefined {
  const [, owner, name, rest = ""] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const found = owner === undefined || name === undefined ? undefined : formerlyNamed(world, owner, name);
  if (!found) return undefined;
  const location = `${apiUrl(world)}/repositories/${found.id}${rest}${search}`;
  const status = method === "GET" ? 301 : 307;
  return Response.json({ message: "Moved Permanently", url: location }, { status, headers: { location } });
}

/** Answers one request to the GraphQL endpoint, which lies beside the REST API as on an Enterprise Server. */
export function handleGraphql(world: World, context: NodeContext): Promise<Response> {
  const match = { route: graphqlRoute, params: {} };
  return handle(world, { context, url: new URL(context.req.url), path: graphqlRoute.template, match });
}

async function handle(world: World, incoming: Incoming): Promise<Response> {
  const { context } = incoming;
  const fault = takeFault(world, context.req.method, incoming.match);
  const outcome = await underFault(world, incoming, fault);
  spend(world, outcome.actor);
  record(world, incoming, outcome, fault !== undefined && !isWait(fault));
  if (fault?.kind === "reset") {
    context.env.outgoing.destroy();
    return new Response(null);
  }
  return respond(world, context, outcome);
}

type Wait = Extract<Fault["effect"], { readonly kind: "delay" | "hang" | "hang-after" }>;

/** The request is carried out as if nothing were, only later. */
function isWait(fault: Fault["effect"]): fault is Wait {
  return fault.kind === "delay" || fault.kind === "hang" || fault.kind === "hang-after";
}

async function wait(fault: Wait): Promise<void> {
  fault.reached?.();
  await (fault.kind === "delay" ? sleep(fault.ms) : fault.until);
}

async function underFault(world: World, incoming: Incoming, fault: Fault["effect"] | undefined): Promise<Outcome> {
  const refusal = fault && refusalOf(fault);
  if (refusal) return { reply: refusal, actor: "anonymous", requestBody: undefined };
  const waits = fault !== undefined && isWait(fault) ? fault : undefined;
  if (waits && waits.kind !== "hang-after") await wait(waits);
  const outcome = await answer(world, incoming);
  if (waits?.kind === "hang-after") await wait(waits);
  return fault?.kind === "after" ? { ...outcome, reply: failure(fault.status) } : outcome;
}

async function answer(world: World, { context, url, path, match }: Incoming): Promise<Outcome> {
  let caller: Caller = { kind: "anonymous" };
  let requestBody: unknown;
  let reply: Reply;
  try {
    caller = authenticate(world, context.req.header("authorization"));
    requestBody = await readBody(context);
    if (!match) throw notFound();
    reply = await match.route.handle({
      world,
      caller,
      params: match.params,
      query: Object.fromEntries(url.searchParams),
      body: requestBody,
      accept: context.req.header("accept") ?? "",
      address: `${apiUrl(world)}${path}`,
    });
  } catch (error) {
    reply = replyFor(world, error);
  }
  return { reply, actor: callerName(caller), requestBody };
}

async function readBody(context: NodeContext): Promise<unknown> {
  const text = await context.req.text();
  if (text.length > MAX_BODY_BYTES) throw new ApiError(413, "Payload Too Large");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "Problems parsing JSON");
  }
}

function replyFor(world: World, error: unknown): Reply {
  if (error instanceof ApiError) return { status: error.status, body: error.body(), headers: error.headers };
  world.options.log?.({ level: "error", message: "a REST request failed", error });
  return failure(500);
}

function failure(status: number): Reply {
  return { status, body: { message: "Server Error" } };
}

function refusalOf(fault: Fault["effect"]): Reply | undefined {
  if (fault.kind === "instead")
    return fault.message === undefined
      ? failure(fault.status)
      : { status: fault.status, body: new ApiError(fault.status, fault.message).body() };
  if (fault.kind !== "secondary-limit") return undefined;
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  const headers = { "retry-after": String(fault.retryAfter) };
  return { status: 403, body: new ApiError(403, message).body(), headers };
}

function record(world: World, { context, url, path, match }: Incoming, outcome: Outcome, injected: boolean): void {
  const { reply, actor, requestBody } = outcome;
  const line = { method: context.req.method, template: match?.route.template, path, status: reply.status, actor };
  world.requests.push({ at: nowIso(world), ...line });
  // Only REST is held against the OpenAPI description.
  if (match?.route === graphqlRoute) return;
  world.options.onExchange?.({
    ...line,
    params: match?.params ?? {},
    query: Object.fromEntries(url.searchParams),
    requestBody,
    responseBody: reply.body,
    injected,
  });
}

function respond(world: World, context: NodeContext, { reply, actor }: Outcome): Response {
  const { limit, used, remaining, reset } = rateLimit(world, actor);
  const headers = new Headers({
    "content-type": "application/json; charset=utf-8",
    "x-github-media-type": "github.v3; format=json",
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(reset),
    "x-ratelimit-resource": "core",
    ...reply.headers,
  });
  if (reply.body === undefined) {
    headers.delete("content-type");
    return new Response(null, { status: reply.status, headers });
  }
  const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  if (context.req.method !== "GET" || reply.status !== 200)
    return new Response(text, { status: reply.status, headers });
  const etag = etagOf(text);
  headers.set("etag", etag);
  if (context.req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(text, { status: 200, headers });
}
