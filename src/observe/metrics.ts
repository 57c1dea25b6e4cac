import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EventListener } from "../model/events.ts";
import type { Exposition, Metrics } from "../model/observe.ts";
import type { QueueCounts } from "../model/queue.ts";
import { eventMetrics } from "./event-metrics.ts";
import { BoundedLabels } from "./labels.ts";

/** Metrics with their exposition; `watchQueue` adds the queue's gauges, read at each scrape. */
export interface PrometheusMetrics extends Metrics, Exposition {
  watchQueue(counts: () => Promise<QueueCounts>): void;
  /** Counts and times what rooms announce. */
  readonly events: EventListener;
  /** Which measures of the kernel's lock the engine down. */
  readonly lockdown: (state: { readonly measures: Readonly<Record<string, boolean>> }) => void;
  /** A listener of events failed. */
  listenerFailed(listener: string): void;
}

const fastBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const jobBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const maxRepositories = 500;
const maxRoutes = 200;
const maxEvents = 100;

/**
 * Series named `sluice_…` and those of the process, in a registry of their own. Labels that the outside chooses are
 * bounded: what comes after is counted as `other`.
 */
export function createMetrics(): PrometheusMetrics {
  const registry = new Registry();
  // From now on, so that the first answer has measured something.
  seriesOfProcess();
  let readQueue = async (): Promise<void> => undefined;
  const failures = new Counter({
    name: "sluice_event_listener_failures_total",
    help: "Events that a listener failed to take.",
    labelNames: ["listener"] as const,
    registers: [registry],
  });
  const lockdown = new Gauge({
    name: "sluice_engine_lockdown",
    help: "Whether a measure of the kernel's locks the engine down.",
    labelNames: ["measure"] as const,
    registers: [registry],
  });
  return {
    ...edgeMetrics(registry),
    lockdown: ({ measures }) => {
      for (const [measure, inForce] of Object.entries(measures)) lockdown.set({ measure }, inForce ? 1 : 0);
    },
    events: eventMetrics(registry),
    listenerFailed: (listener) => failures.inc({ listener }),
    watchQueue: (counts) => {
      readQueue = queueGauges(registry, counts);
    },
    contentType: registry.contentType,
    text: async () => {
      await readQueue();
      return Registry.merge([seriesOfProcess(), registry]).metrics();
    },
  };
}

let ofProcess: Registry | undefined;

/** The series of this process, once for all: what measures the event loop never ends. */
function seriesOfProcess(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

function edgeMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const repositories = new BoundedLabels(maxRepositories);
  const routes = new BoundedLabels(maxRoutes);
  const events = new BoundedLabels(maxEvents);
  const rest = new Counter({
    name: "sluice_github_rest_calls_total",
    help: "REST calls to GitHub.",
    labelNames: ["repository", "route", "status"] as const,
    registers,
  });
  const jobs = new Histogram({
    name: "sluice_job_seconds",
    help: "Runs of jobs by what became of them.",
    labelNames: ["type", "outcome"] as const,
    buckets: jobBuckets,
    registers,
  });
  const webhooks = new Histogram({
    name: "sluice_webhook_delivery_seconds",
    help: "Webhooks by the status of the answer.",
    labelNames: ["event", "status"] as const,
    buckets: fastBuckets,
    registers,
  });
  const renders = new Histogram({
    name: "sluice_render_seconds",
    help: "Renders of one target.",
    labelNames: ["kind", "source", "result"] as const,
    buckets: jobBuckets,
    registers,
  });
  return {
    restCall: (repository, route, status) =>
      rest.inc({ repository: repositories.of(repository), route: routes.of(route), status: String(status) }),
    job: (type, outcome, seconds) => jobs.observe({ type, outcome }, seconds),
    webhook: (event, answer, seconds) => webhooks.observe({ event: events.of(event), status: String(answer) }, seconds),
    render: (kind, source, ok, seconds) => renders.observe({ kind, source, result: ok ? "ok" : "failed" }, seconds),
  };
}

/** Gives the function that reads the queue into its gauges; it never rejects. */
function queueGauges(registry: Registry, counts: () => Promise<QueueCounts>): () => Promise<void> {
  const registers = [registry];
  const up = new Gauge({ name: "sluice_queue_up", help: "Whether the queue's store answered.", registers });
  const jobs = new Gauge({
    name: "sluice_queue_jobs",
    help: "Jobs in the queue by state.",
    labelNames: ["state"] as const,
    registers,
  });
  return async () => {
    jobs.reset();
    try {
      for (const [state, count] of Object.entries(await counts())) jobs.set({ state }, count);
      up.set(1);
    } catch {
      // A store that is away is what the scrape must show, not fail on.
      up.set(0);
    }
  };
}
