import type { JobsOptions } from "bullmq";
import { type Job, type JobType, jobKey, jobKind, type Sameness } from "../model/job-kinds.ts";
import type { RetryPolicy } from "./outcome.ts";

/** The name of the kind's queue in the store. A renamed kind keeps the queue of its earlier name. */
export function queueName(type: JobType): string {
  return jobKind(type).formerly?.name ?? type;
}

const day = 24 * 3600;

/**
 * Handled jobs kept, at most: age in seconds and number. They are kept without their data (see `handledMark`), so they
 * are small.
 */
const keepDone: Readonly<Record<Sameness, { readonly age: number; readonly count: number }>> = {
  once: { age: 3 * day + 3600, count: 100_000 },
  collapse: { age: day, count: 1_000 },
};

const keepFailed = { age: 7 * day, count: 1_000 };

/** Whether jobs of the kind are known by their key, see `Sameness`. */
export function isOnce(type: JobType): boolean {
  return jobKind(type).sameness === "once";
}

/** How BullMQ treats the job: its id or deduplication, its retries, when it may run, and how long it is kept. */
export function jobOptions(job: Job, policy: RetryPolicy, delayMs: number): JobsOptions {
  const { sameness } = jobKind(job.type);
  const id = storeId(jobKey(job));
  return {
    attempts: policy.attempts,
    backoff: { type: "outcome" },
    stackTraceLimit: 3,
    removeOnComplete: keepDone[sameness],
    removeOnFail: keepFailed,
    ...(delayMs > 0 ? { delay: delayMs } : {}),
    ...(sameness === "once" ? { jobId: id } : { deduplication: { id, keepLastIfActive: true } }),
  };
}

/** The same options for a job that replaces the one that waits to run again. */
export function replacingWaiting(options: JobsOptions): JobsOptions {
  const { deduplication } = options;
  return deduplication === undefined ? options : { ...options, deduplication: { ...deduplication, replace: true } };
}

/**
 * A key as an id that BullMQ takes: it refuses colons and integers. Distinct keys give distinct ids, but for halves of
 * characters.
 */
function storeId(key: string): string {
  return `k-${encodeURIComponent(key.toWellFormed())}`;
}

/** The key of a job by the id that it is stored under; of an id that is not ours the id. */
export function keyOf(id: string): string {
  try {
    return decodeURIComponent(id.replace(/^k-/, ""));
  } catch {
    return id;
  }
}

/** Replaces a job's data once it was handled: only its id is still needed, and a payload may be large. */
export function handledMark(type: JobType): { readonly type: JobType; readonly handled: true } {
  return { type, handled: true };
}

/** Whether the stored data says that the job was handled, although the store does not know that it is complete. */
export function isHandled(data: unknown): boolean {
  return typeof data === "object" && data !== null && "handled" in data && data.handled === true;
}
