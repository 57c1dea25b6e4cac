import type { JobsOptions } from "bullmq";
import { type Job, type JobType, jobKey } from "../model/jobs.ts";
import type { RetryPolicy } from "./outcome.ts";

/** Every kind of job has a queue of its own, so that long jobs never keep short ones waiting. */
export const jobTypes: readonly JobType[] = [
  "delivery",
  "preview",
  "command",
  "promotions",
  "gates",
  "chain",
  "registry",
  "watch",
  "image",
  "image-pull",
  "wake",
];

/**
 * How jobs that mean the same work are told apart: `once` jobs are known by their key for three days after they were handled; `collapse` jobs merge with the one that
 * waits, and follow the one that runs.
 */
type Sameness = "once" | "collapse";

const sameness: Readonly<Record<JobType, Sameness>> = {
  delivery: "once",
  preview: "collapse",
  command: "once",
  promotions: "collapse",
  gates: "collapse",
  chain: "collapse",
  registry: "once",
  watch: "collapse",
  image: "collapse",
  "image-pull": "collapse",
  wake: "once",
};

const day = 24 * 3600;

/** Handled jobs kept, at most: age in seconds and number. What was handled is kept without its data (see `handledMark`), so these are small. */
const keepDone: Readonly<Record<Sameness, { readonly age: number; readonly count: number }>> = {
  once: { age: 3 * day + 3600, count: 100_000 },
  collapse: { age: day, count: 1_000 },
};

const keepFailed = { age: 7 * day, count: 1_000 };

/** Whether jobs of the kind are known by their key, see `Sameness`. */
export function isOnce(type: JobType): boolean {
  return sameness[type] === "once";
}

/** How BullMQ is to treat the job: its id or deduplication, its retries, when it may run, and how long it is kept. */
export function jobOptions(job: Job, policy: RetryPolicy, delayMs: number): JobsOptions {
  const same = sameness[job.type];
  const id = storeId(jobKey(job));
  return {
    attempts: policy.attempts,
    backoff: { type: "outcome" },
    stackTraceLimit: 3,
    removeOnComplete: keepDone[same],
    removeOnFail: keepFailed,
    ...(delayMs > 0 ? { delay: delayMs } : {}),
    ...(same === "once" ? { jobId: id } : { deduplication: { id, keepLastIfActive: true } }),
  };
}

/** The same, to take the place of the one that waits to run again. */
export function insteadOfWaiting(options: JobsOptions): JobsOptions {
  const { deduplication } = options;
  return deduplication === undefined ? options : { ...options, deduplication: { ...deduplication, replace: true } };
}

/** A key as an id that BullMQ takes: it refuses colons and integers. Distinct keys give distinct ids. */
function storeId(key: string): string {
  return `k-${encodeURIComponent(key)}`;
}

/** The key of a job by the id that it is stored under. */
export function keyOf(id: string): string {
  return decodeURIComponent(id.replace(/^k-/, ""));
}

/** What is left of a job's data once it was handled: its id alone is still needed, and a payload may be large. */
export function handledMark(type: JobType): { readonly type: JobType; readonly handled: true } {
  return { type, handled: true };
}

/** Whether the stored data says that the job was handled, though the store was never told that it is complete. */
export function isHandled(data: unknown): boolean {
  return typeof data === "object" && data !== null && "handled" in data && data.handled === true;
}
