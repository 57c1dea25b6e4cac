import type { Context } from "hono";

import { authenticate, type Caller, callerName } from "./auth.ts";
import { ApiError, notFound } from "./errors.ts";
import { takeFault } from "./faults.ts";
import { etagOf } from "./objects/app.ts";
import type { Reply } from "./routes/route.ts";
import { matchRoute } from "./routes/table.ts";
import type { Fault } from "./types.ts";
import { apiUrl, nowIso, type World } from "./world.ts";

const MAX_BODY_BYTES = 25_000_000;
const HOURLY_LIMIT = 5000;

interface Handled {
  readonly reply: Reply;
  readonly caller: Caller | undefined;
  readonly requestBody: unknown;
}

/** Answers one request below the API's base address. */
export async function handleRest(world: World, context: Context): Promise<Response> {
  const url = new URL(context.req.url);
  const path = url.pathname.slice("/api/v3".length) || "/";
  const matched = matchRoute(context.req.method, path);
  const fault = takeFault(world, context.req.method, matched?.route.template);
  if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
  const refused = fault && refusalOf(fault);
  const handled = refused
    ? { reply: refused, caller: undefined, requestBody: undefined }
    : await answer(world, context, url, path);
  const reply = fault?.kind === "after" ? failure(fault.status) : handled.reply;
  const actor = handled.caller ? callerName(handled.caller) : "anonymous";
  const template = matched?.route.template;
  world.requests.push({ at: nowIso(world), method: context.req.method, template, path, status: reply.status, actor });
  world.options.onExchange?.({
    method: context.req.method,
    template,
    path,
    params: matched?.params ?? {},
    query: Object.fromEntries(url.searchParams),
    requestBody: handled.requestBody,
    status: reply.status,
    responseBody: reply.body,
    actor,
    injected: fault !== undefined && fault.kind !== "delay",
  });
  if (fault?.kind === "reset") return closeConnection(context);
  return respond(world, context, reply, actor);
}

async function answer(world: World, context: Context, url: URL, path: string): Promise<Handled> {
  let caller: Caller | undefined;
  let requestBody: unknown;
  try {
    caller = authenticate(world, context.req.header("authorization"));
    requestBody = await readBody(context);
    const matched = matchRoute(context.req.method, path);
    if (!matched) throw notFound();
    const reply = await matched.route.handle({
      world,
      caller,
      params: matched.params,
      query: Object.fromEntries(url.searchParams),
      body: requestBody,
      accept: context.req.header("accept") ?? "",
      address: `${apiUrl(world)}${path}`,
    });
    return { reply, caller, requestBody };
  } catch (error) {
    return { reply: replyFor(world, error), caller, requestBody };
  }
}

async function readBody(context: Context): Promise<unknown> {
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
  if (fault.kind === "instead") return failure(fault.status);
  if (fault.kind !== "secondary-limit") return undefined;
  const error = new ApiError(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
  );
  return { status: 403, body: error.body(), headers: { "retry-after": String(fault.retryAfter) } };
}

function closeConnection(context: Context): Response {
  const { outgoing } = context.env as { outgoing: { destroy(): void } };
  outgoing.destroy();
  return new Response(null);
}

function respond(world: World, context: Context, reply: Reply, actor: string): Response {
  const text =
    reply.body === undefined ? null : typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  const used = world.requests.filter((one) => one.actor === actor).length;
  const headers = new Headers({
    "content-type": "application/json; charset=utf-8",
    "x-github-media-type": "github.v3; format=json",
    "x-ratelimit-limit": String(HOURLY_LIMIT),
    "x-ratelimit-remaining": String(Math.max(0, HOURLY_LIMIT - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String((Math.floor(Date.now() / 3_600_000) + 1) * 3600),
    "x-ratelimit-resource": "core",
    ...reply.headers,
  });
  if (text === null) {
    headers.delete("content-type");
    return new Response(null, { status: reply.status, headers });
  }
  if (context.req.method === "GET" && reply.status === 200) {
    const etag = etagOf(text);
    headers.set("etag", etag);
    if (context.req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  }
  return new Response(text, { status: reply.status, headers });
}
