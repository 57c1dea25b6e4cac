import { randomUUID } from "node:crypto";
import { createEventLog } from "../images/event-log.ts";
import type { MissedDeliveries } from "../model/github.ts";
import type { Logger } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";
import type { Queue } from "../model/queue.ts";
import type { PrometheusMetrics } from "../observe/index.ts";
import type { ServerSettings } from "../settings.ts";
import { eventRoutes } from "../web/events/index.ts";
import { createMetricsDoor, createWeb, type ServedWeb, serveWeb } from "../web/index.ts";
import { type MissedWatch, watchMissedDeliveries } from "../webhooks/missed.ts";
import { HANDLED } from "../webhooks/register.ts";

/** For the store to say that it takes deliveries, in milliseconds. */
const readyMs = 1_000;

/** What the web door works with. */
export interface WebParts {
  readonly queue: Queue;
  readonly log: Logger;
  readonly metrics: PrometheusMetrics;
  /** Whether the process is about to end. */
  readonly stopping: () => boolean;
  /** What the operator has to put right. */
  readonly problems: () => readonly Problem[];
  /** How long the store may take to answer, in milliseconds, where that is not the usual time. */
  readonly storeMs: number | undefined;
}

/** Serves the web door. A process with the role `worker` serves health and metrics only. */
export function openWeb(settings: ServerSettings, parts: WebParts): Promise<ServedWeb> {
  const door = settings.role !== "worker";
  const events = door ? new Set(Object.keys(HANDLED)) : undefined;
  const hooks = door ? settings.hooks : [];
  const { webhookSecret, adminToken } = settings;
  const { storeMs } = parts;
  const limits = storeMs === undefined ? {} : { storeMs, readyMs: storeMs };
  const web = createWeb({ ...parts, webhookSecret, adminToken, events, hooks, limits });
  if (door) web.route("/", eventPages(settings, parts));
  return serveWeb(web, { host: settings.host, port: settings.port });
}

/** Serves the metrics on a port of their own, where one is set. */
export async function openMetrics(settings: ServerSettings, parts: WebParts): Promise<ServedWeb | undefined> {
  if (settings.metricsPort === undefined) return undefined;
  return serveWeb(createMetricsDoor(parts), { host: settings.host, port: settings.metricsPort });
}

function eventPages({ adminToken, githubUrl: webUrl }: ServerSettings, { queue, log }: WebParts) {
  const eventLog = createEventLog(queue.records, Date.now);
  return eventRoutes({ eventLog, queue, log, adminToken, webUrl, clock: Date.now, newId: () => randomUUID() });
}

/** Asks GitHub again for the deliveries that it could not hand over, as long as the store takes them. */
export function watchMissed(
  deliveries: MissedDeliveries,
  { queue, log }: Pick<WebParts, "queue" | "log">,
  everyMs: number | undefined,
): MissedWatch {
  const ready = () => queue.healthy(readyMs);
  return watchMissedDeliveries({ deliveries, ready, log, clock: Date.now, ...(everyMs !== undefined && { everyMs }) });
}
