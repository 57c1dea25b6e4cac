import { Hono } from "hono";
import { messageOf } from "../model/errors.ts";
import type { HookSettings } from "../model/hooks.ts";
import type { Clock, Exposition, Logger, Metrics } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";
import type { Queue } from "../model/queue.ts";
import { type RepeatedLine, repeatedLines } from "../model/repeated-lines.ts";
import { BodyBudget } from "./body.ts";
import { guard } from "./events/access.ts";
import { type InboxOptions, receive } from "./inbox.ts";
import type { KeySource } from "./registry/adapter.ts";
import { createKeySource } from "./registry/keys.ts";
import { TokenBucket } from "./registry/limits.ts";
import { createRegistryReceiver } from "./registry/receiver.ts";
import { welcomePage } from "./welcome.ts";

export { type ServedWeb, serveWeb } from "./serve.ts";

/** Limits. Sizes in bytes, times in milliseconds. */
interface WebLimits {
  /** One body; GitHub sends at most 25 MB. */
  readonly bodyBytes: number;
  /** Up to this a body is a small one, by its announced length. */
  readonly smallBodyBytes: number;
  /** All small bodies that are being read at the same time; GitHub's usual ones are far smaller. */
  readonly smallBodiesBytes: number;
  /** All other bodies that are being read at the same time. */
  readonly bodiesBytes: number;
  /** One event from a registry. */
  readonly eventBytes: number;
  /**
   * All events from registries that are being read at the same time: once for known senders, once for those whose proof
   * is in the body.
   */
  readonly eventsBytes: number;
  /** Refused senders per minute, at every door together; more of them get 429. */
  readonly refusalsPerMinute: number;
  /** How long the store may take to accept a delivery; GitHub waits 10 s. */
  readonly storeMs: number;
  /** How long the store may take to answer for `/readyz`. */
  readonly readyMs: number;
}

const defaultLimits: WebLimits = {
  bodyBytes: 25 * 1024 * 1024,
  smallBodyBytes: 1024 * 1024,
  smallBodiesBytes: 64 * 1024 * 1024,
  bodiesBytes: 192 * 1024 * 1024,
  eventBytes: 1024 * 1024,
  eventsBytes: 32 * 1024 * 1024,
  refusalsPerMinute: 120,
  storeMs: 5_000,
  readyMs: 1_000,
};

/** What the HTTP application needs. */
export interface WebOptions {
  readonly queue: Pick<Queue, "add" | "healthy">;
  readonly webhookSecret: string;
  readonly metrics: Pick<Metrics, "webhook"> & Exposition;
  readonly log: Logger;
  /** Events that go to the queue; others are only acknowledged. `undefined`: this process receives no webhooks. */
  readonly events: ReadonlySet<string> | undefined;
  /** Receivers of events from registries. Absent or empty: this process has none. */
  readonly hooks?: readonly HookSettings[];
  /** Public keys of token issuers; fetched from the issuers if absent. */
  readonly keys?: KeySource;
  /** The system's clock if absent. */
  readonly clock?: Clock;
  /** Whether the process is stopping: then `/readyz` answers 503. */
  readonly stopping?: () => boolean;
  /** What keeps the process from its work, and what only hinders it; both are told in `/readyz`. */
  readonly problems?: () => readonly Problem[];
  /** Opens `/metrics` to whoever sends it. Without it `/metrics` is not here: see `createMetricsDoor`. */
  readonly adminToken?: string | undefined;
  readonly limits?: Partial<WebLimits>;
}

/** Where GitHub delivers webhooks; Probot's default, so that Apps set up for it need no change. */
export const webhookPath = "/api/github/webhooks";

/** Where registries deliver events, with the hook's name after it. */
export const registryPath = "/registry";

/**
 * The HTTP application: webhook inbox, registry hooks, `/healthz`, `/readyz`, `/metrics` for the administrator and a
 * page for people at `/`.
 */
export function createWeb(options: WebOptions): Hono {
  const limits = { ...defaultLimits, ...options.limits };
  const { queue, metrics, log, webhookSecret, events, clock = Date.now } = options;
  const budgets = { small: new BodyBudget(limits.smallBodiesBytes), large: new BodyBudget(limits.bodiesBytes) };
  const refusals = new TokenBucket(limits.refusalsPerMinute, clock);
  const say = repeatedLines(log, clock);
  const { smallBodyBytes } = limits;
  const { bodyBytes: maxBodyBytes, storeMs: storeTimeoutMs } = limits;
  const app = new Hono();
  if (events !== undefined) {
    const common = { queue, metrics, webhookSecret, events, refusals, say };
    const inbox: InboxOptions = { ...common, maxBodyBytes, smallBodyBytes, storeTimeoutMs, budgets };
    app.post(webhookPath, (context) => receive(context, inbox));
  }
  if (options.hooks !== undefined && options.hooks.length > 0) mountHooks(app, options, limits, { refusals, say });
  mountHealth(app, options, limits.readyMs);
  if (options.adminToken !== undefined) {
    const { adminToken } = options;
    app.use("/metrics", guard({ adminToken, log, clock, attemptsPerMinute: 20, what: "the metrics" }));
    mountMetrics(app, metrics);
  }
  app.get("/", (context) =>
    context.html(welcomePage, 200, { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" }),
  );
  app.notFound((context) => context.json({ error: "not found" }, 404));
  app.onError((error, context) => {
    log.error({ error, path: withoutSecret(context.req.path) }, `web: ${messageOf(error)}`);
    return context.json({ error: "internal error" }, 500);
  });
  return app;
}

/** `/metrics` for whoever reaches this port, with `/healthz` and `/readyz`: its address is for operators alone. */
export function createMetricsDoor(options: Pick<WebOptions, "queue" | "metrics" | "stopping" | "problems">): Hono {
  const app = new Hono();
  mountHealth(app, options, defaultLimits.readyMs);
  mountMetrics(app, options.metrics);
  app.notFound((context) => context.json({ error: "not found" }, 404));
  return app;
}

function mountMetrics(app: Hono, metrics: Exposition): void {
  app.get("/metrics", async (context) =>
    context.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
}

function mountHealth(
  app: Hono,
  { queue, stopping = () => false, problems = () => [] }: Pick<WebOptions, "queue" | "stopping" | "problems">,
  readyMs: number,
): void {
  app.get("/healthz", (context) => context.text("ok\n"));
  app.get("/readyz", async (context) => {
    if (stopping()) return context.text("stopping\n", 503);
    if (!(await queue.healthy(readyMs))) return context.text("the queue's store takes nothing\n", 503);
    const found = problems();
    const lines = found.map(({ message, fix }) => `${message}. ${fix}\n`).join("");
    return found.some(({ fatal }) => fatal) ? context.text(lines, 503) : context.text(`ok\n${lines}`);
  });
}

function mountHooks(
  app: Hono,
  options: WebOptions,
  limits: WebLimits,
  shared: { readonly refusals: TokenBucket; readonly say: RepeatedLine },
): void {
  const { hooks = [], queue, metrics, log, keys = createKeySource(), clock = Date.now } = options;
  const { eventBytes: maxBodyBytes, storeMs: storeTimeoutMs } = limits;
  const budgets = { budget: new BodyBudget(limits.eventsBytes), unverifiedBudget: new BodyBudget(limits.eventsBytes) };
  const common = { hooks, keys, queue, metrics, log, clock, ...shared, ...budgets };
  const receiver = createRegistryReceiver({ ...common, maxBodyBytes, storeTimeoutMs });
  const paths = [`${registryPath}/:hook`, `${registryPath}/:hook/:secret`];
  app.on("POST", paths, (context) => receiver.receive(context));
  app.on("OPTIONS", paths, (context) => receiver.handshake(context));
}

/** A path for the log: the part after a hook's name is its secret. */
function withoutSecret(path: string): string {
  return path.startsWith(`${registryPath}/`) ? path.split("/").slice(0, 3).join("/") : path;
}
