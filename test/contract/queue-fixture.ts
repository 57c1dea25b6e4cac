import { setTimeout as sleep } from "node:timers/promises";
import { JOB_TYPES, type Job, type ScheduledJob } from "../../src/model/job-kinds.ts";
import type { DeliveryJob, GatesJob, PreviewJob, RegistryJob } from "../../src/model/jobs.ts";
import type { Logger, Metrics } from "../../src/model/observe.ts";
import type { Handlers, Queue } from "../../src/model/queue.ts";
import { createQueue, type QueueBackend, type QueueOptions } from "../../src/queue/index.ts";
import { giveDatabase } from "../support/embedded-database.ts";

/** A logger that says nothing. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** Metrics that remember what became of jobs. */
export function jobOutcomes(): Metrics & { readonly outcomes: string[] } {
  const outcomes: string[] = [];
  return {
    outcomes,
    job: (type, outcome) => {
      outcomes.push(`${type} ${outcome}`);
    },
    restCall: () => undefined,
    webhook: () => undefined,
    render: () => undefined,
  };
}

/** A queue with quick retries. */
export async function openQueue(
  backend: QueueBackend,
  prefix: string,
  options: Partial<QueueOptions> = {},
): Promise<Queue> {
  if (backend.kind === "embedded") await giveDatabase(backend.dataDir);
  return createQueue({
    backend,
    prefix,
    concurrency: 4,
    events: { announce: () => undefined },
    log: silentLog,
    metrics: jobOutcomes(),
    random: () => 0,
    retries: {
      attempts: 3,
      unavailable: { baseMs: 40, factor: 1 },
      bug: { baseMs: 40, factor: 1 },
      capMs: 100,
    },
    // A busy machine must lose no lock, and have the store's answers waited for: the job would run twice, or fail.
    locks: { lockMs: 600_000, checkEveryMs: 10_000 },
    storeMs: 90_000,
    ...options,
  });
}

/** Handlers of which only the given ones do something. */
export function handlers(some: Partial<Handlers>): Handlers {
  const nothing = async () => undefined;
  const all: Partial<Handlers> = { ...Object.fromEntries(JOB_TYPES.map((type) => [type, nothing])), ...some };
  if (!isComplete(all)) throw new Error("a kind of job has no handler");
  return all;
}

function isComplete(all: Partial<Handlers>): all is Handlers {
  return JOB_TYPES.every((type) => type in all);
}

export function delivery(id: string, payload = "{}"): DeliveryJob {
  return { type: "delivery", id, event: "pull_request", payload };
}

const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };

export function preview(pullRequest = 1): PreviewJob {
  return { type: "preview", ...where, pullRequest };
}

/** An event of a registry, of the hook and with the id given. */
export function registryEvent(hook: string, id: string): RegistryJob {
  return { type: "registry", id, hook, source: "harbor", at: 1, pushes: [{ image: "docker.io/library/nginx" }] };
}

export function gates(pullRequest = 1): GatesJob {
  return { type: "gates", ...where, pullRequest };
}

export function scheduled(at: number, pullRequest = 1): ScheduledJob {
  return { type: "scheduled", at, job: gates(pullRequest) };
}

/** One job of each kind that collapses; `nth` tells apart what they are about. */
export function collapsing(nth: number): readonly Job[] {
  const repository = { owner: "acme", name: `shop-${nth}` };
  return [
    preview(nth),
    gates(nth),
    { type: "status-comment", ...where, pullRequest: nth },
    { type: "promotions", ...where, repository, defaultBranch: "main" },
    { type: "watch", ...where, repository, defaultBranch: "main" },
    { type: "image", ...where, repository, defaultBranch: "main", unit: "one" },
    { type: "image", ...where, repository, defaultBranch: "main", unit: "two" },
    { type: "image-pull", ...where, pullRequest: nth },
  ];
}

const shortestPollMs = 10;
const longestPollMs = 160;

/** Waits until the condition holds, which is asked less and less often: a store's answer costs; rejects after `ms`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 540_000): Promise<void> {
  const end = Date.now() + ms;
  for (let pause = shortestPollMs; !(await holds()); pause = Math.min(pause * 2, longestPollMs)) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(pause);
  }
}

/** Waits until no job waits, runs or is delayed. */
export function untilIdle(queue: Queue): Promise<void> {
  return until("the queue is idle", async () => {
    const { waiting, active, delayed } = await queue.counts();
    return waiting + active + delayed === 0;
  });
}
