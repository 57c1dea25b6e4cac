import { type Context, Hono } from "hono";
import { Fault, messageOf } from "../../model/errors.ts";
import type { EventLog, RegistryEvent } from "../../model/images.ts";
import type { RegistryJob } from "../../model/jobs.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import type { Queue } from "../../model/queue.ts";
import { guard, isBearer, isSameOrigin } from "./access.ts";
import { eventJson, listJson } from "./json.ts";
import { lookUp, lookUpEvent } from "./look-up.ts";
import { eventPage, listPage, wrongPage } from "./pages.ts";
import type { Html, PageContext } from "./parts.ts";
import { readQuery } from "./query.ts";
import { pageHeaders } from "./style.ts";

/** What the event log's pages need. */
export interface EventsOptions {
  readonly eventLog: EventLog;
  readonly queue: Pick<Queue, "add">;
  /** Without it there are no pages. */
  readonly adminToken: string | undefined;
  /** Base URL of GitHub's web pages, without a slash at the end. */
  readonly webUrl: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Makes unique ids of letters, digits and hyphens. */
  readonly newId: () => string;
  /** Wrong tokens per minute from one address; default 20. */
  readonly attemptsPerMinute?: number;
}

const storeMs = 5_000;

/**
 * `/events`, `/events.json`, `/events/<id>` and `POST /events/<id>/replay`, for whoever has the administrator's token.
 * Without a token there are no pages. The old addresses below `/deliveries` say where the log is now.
 */
export function eventRoutes(options: EventsOptions): Hono {
  const { adminToken, log, clock, attemptsPerMinute = 20 } = options;
  const app = new Hono();
  if (adminToken === undefined) {
    log.info({}, "there is no event log at /events: ADMIN_TOKEN is not set");
    return app;
  }
  const guarded = guard({ adminToken, log, clock, attemptsPerMinute });
  for (const path of ["/events", "/events.json", "/events/*"]) app.use(path, guarded);
  app.get("/events", (context) => answering(context, options, () => list(context, options)));
  app.get("/events.json", (context) => answering(context, options, () => listAsJson(context, options)));
  app.get("/events/:id", (context) => answering(context, options, () => show(context, options)));
  app.post("/events/:id/replay", (context) => answering(context, options, () => replay(context, options)));
  app.get("/deliveries.json", (context) => context.json({ error: "/deliveries.json is called /events.json now" }, 410));
  for (const path of ["/deliveries", "/deliveries/*"]) app.all(path, redirectToEvents);
  return app;
}

/** Keeps the rest of the address, and with 308 the method too. */
function redirectToEvents(context: Context): Response {
  const { pathname, search } = new URL(context.req.url);
  const location = `/events${pathname.slice("/deliveries".length)}${search}`;
  return context.text(`/deliveries is called /events now: ${location}\n`, 308, { location });
}

async function list(context: Context, options: EventsOptions): Promise<Response> {
  const read = readQuery(context.req.query());
  if (!read.ok) return wrong(context, 400, "This search does not work", read.error);
  const found = await lookUp(options.eventLog, read.query);
  return page(context, 200, listPage(found, pageContext(options), context.req.query("replayed")?.slice(0, 128)));
}

async function listAsJson(context: Context, { eventLog }: EventsOptions): Promise<Response> {
  const read = readQuery(context.req.query());
  if (!read.ok) return context.json({ error: read.error }, 400);
  return context.json(listJson(await lookUp(eventLog, read.query)), 200, { "cache-control": "no-store" });
}

async function show(context: Context, options: EventsOptions): Promise<Response> {
  const found = await lookUpEvent(options.eventLog, context.req.param("id") ?? "");
  if (found === undefined) return notFound(context);
  if (!wantsPage(context)) return context.json(eventJson(found), 200, { "cache-control": "no-store" });
  return page(context, 200, eventPage(found, pageContext(options)));
}

/** Processes the event again, under a new id. Refuses a browser that another site sent here. */
async function replay(context: Context, { eventLog, queue, clock, newId, log }: EventsOptions): Promise<Response> {
  if (!isBearer(context) && !isSameOrigin(context)) {
    return wrong(context, 403, "Refused", "Use the button on the event's page, or send the token as Bearer.");
  }
  const event = await eventLog.event(context.req.param("id") ?? "");
  if (event === undefined) return notFound(context);
  const job = replayOf(event, `replay-${newId()}`, clock());
  await queue.add(job, { timeoutMs: storeMs });
  log.info({ event: event.id, replay: job.id }, "an event is processed again");
  if (!wantsPage(context)) return context.json({ accepted: job.id }, 202);
  return context.redirect(`/events?replayed=${encodeURIComponent(job.id)}`, 303);
}

function replayOf({ source, pushes, ignored }: RegistryEvent, id: string, at: number): RegistryJob {
  return { type: "registry", id, hook: "replay", source, at, pushes, ...(ignored === undefined ? {} : { ignored }) };
}

/** The answer, or 503 while the store does not answer. */
async function answering(context: Context, { log }: EventsOptions, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "bug") throw error;
    log.error({ error, path: context.req.path }, `the event log cannot be read: ${messageOf(error)}`);
    return wrong(
      context,
      503,
      "The store does not answer",
      "The event log is in the queue's store. Try again in a moment.",
    );
  }
}

function pageContext({ clock, webUrl }: EventsOptions): PageContext {
  return { now: clock(), webUrl };
}

function wantsPage(context: Context): boolean {
  return (context.req.header("accept") ?? "").includes("text/html");
}

function notFound(context: Context): Promise<Response> {
  return wrong(
    context,
    404,
    "There is no such event",
    "Sluice keeps events for 14 days, and shows them once a worker has taken them.",
  );
}

async function wrong(
  context: Context,
  status: 400 | 403 | 404 | 503,
  title: string,
  message: string,
): Promise<Response> {
  if (!wantsPage(context)) return context.json({ error: `${title}. ${message}` }, status);
  return page(context, status, wrongPage(title, message));
}

async function page(context: Context, status: 200 | 400 | 403 | 404 | 503, content: Html): Promise<Response> {
  return context.html(content, status, { ...pageHeaders });
}
