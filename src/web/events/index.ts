import { type Context, Hono } from "hono";
import { Fault, messageOf } from "../../model/errors.ts";
import type { DeliveryLog, RegistryDelivery } from "../../model/images.ts";
import type { RegistryJob } from "../../model/jobs.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import type { Queue } from "../../model/queue.ts";
import { guard, isBearer, isSameOrigin } from "./access.ts";
import { followedJson, listJson } from "./json.ts";
import { lookUp, lookUpOne } from "./look-up.ts";
import { deliveryPage, listPage, wrongPage } from "./pages.ts";
import type { Html, Surroundings } from "./parts.ts";
import { readQuery } from "./query.ts";
import { pageHeaders } from "./style.ts";

/** What the delivery log's pages need. */
export interface DeliveriesOptions {
  readonly deliveries: DeliveryLog;
  readonly queue: Pick<Queue, "add">;
  /** Without one there are no pages. */
  readonly adminToken: string | undefined;
  /** Where pull requests are read, without slash at the end. */
  readonly webUrl: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Makes texts that were never there before: letters, digits and hyphens. */
  readonly newId: () => string;
  /** Wrong tokens from one address in a minute; 20 unless said. */
  readonly attemptsPerMinute?: number;
}

const storeMs = 5_000;

/** `/deliveries`, `/deliveries.json`, `/deliveries/<id>` and `POST /deliveries/<id>/replay`, for whoever has the administrator's token; none of them where there is no token. */
export function deliveriesRoutes(options: DeliveriesOptions): Hono {
  const { adminToken, log, clock, attemptsPerMinute = 20 } = options;
  const app = new Hono();
  if (adminToken === undefined) {
    log.info({}, "without ADMIN_TOKEN there is no delivery log at /deliveries");
    return app;
  }
  const guarded = guard({ adminToken, log, clock, attemptsPerMinute });
  for (const path of ["/deliveries", "/deliveries.json", "/deliveries/*"]) app.use(path, guarded);
  app.get("/deliveries", (context) => answering(context, options, () => list(context, options)));
  app.get("/deliveries.json", (context) => answering(context, options, () => listAsJson(context, options)));
  app.get("/deliveries/:id", (context) => answering(context, options, () => show(context, options)));
  app.post("/deliveries/:id/replay", (context) => answering(context, options, () => replay(context, options)));
  return app;
}

async function list(context: Context, options: DeliveriesOptions): Promise<Response> {
  const read = readQuery(context.req.query());
  if (!read.ok) return wrong(context, 400, "This cannot be looked for", read.error);
  const found = await lookUp(options.deliveries, read.query);
  return page(context, 200, listPage(found, around(options), context.req.query("replayed")?.slice(0, 128)));
}

async function listAsJson(context: Context, { deliveries }: DeliveriesOptions): Promise<Response> {
  const read = readQuery(context.req.query());
  if (!read.ok) return context.json({ error: read.error }, 400);
  return context.json(listJson(await lookUp(deliveries, read.query)), 200, { "cache-control": "no-store" });
}

async function show(context: Context, options: DeliveriesOptions): Promise<Response> {
  const found = await lookUpOne(options.deliveries, context.req.param("id") ?? "");
  if (found === undefined) return notFound(context);
  if (!wantsPage(context)) return context.json(followedJson(found), 200, { "cache-control": "no-store" });
  return page(context, 200, deliveryPage(found, around(options)));
}

/** Has the event worked on once more. A browser that was led here from elsewhere is refused. */
async function replay(
  context: Context,
  { deliveries, queue, clock, newId, log }: DeliveriesOptions,
): Promise<Response> {
  if (!isBearer(context) && !isSameOrigin(context)) {
    return wrong(context, 403, "Not from here", "Use the button on the event's page, or send the token as Bearer.");
  }
  const delivery = await deliveries.delivery(context.req.param("id") ?? "");
  if (delivery === undefined) return notFound(context);
  const job = replayOf(delivery, `replay-${newId()}`, clock());
  await queue.add(job, { timeoutMs: storeMs });
  log.info({ delivery: delivery.id, replay: job.id }, "an event is replayed");
  if (!wantsPage(context)) return context.json({ accepted: job.id }, 202);
  return context.redirect(`/deliveries?replayed=${encodeURIComponent(job.id)}`, 303);
}

function replayOf({ source, pushes, ignored }: RegistryDelivery, id: string, at: number): RegistryJob {
  return { type: "registry", id, hook: "replay", source, at, pushes, ...(ignored === undefined ? {} : { ignored }) };
}

/** The answer, or 503 while the store is away. */
async function answering(
  context: Context,
  { log }: DeliveriesOptions,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "bug") throw error;
    log.error({ error, path: context.req.path }, `the delivery log cannot be read: ${messageOf(error)}`);
    return wrong(context, 503, "The store does not answer", "Events are kept beside the queue. Try again in a moment.");
  }
}

function around({ clock, webUrl }: DeliveriesOptions): Surroundings {
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
    "Events are kept for 14 days, and stand here once a worker has taken them.",
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
