import { setTimeout as sleep } from "node:timers/promises";
import { Fault, messageOf } from "../model/errors.ts";
import type { Job } from "../model/jobs.ts";
import { within } from "./deadline.ts";
import { isOnce, jobOptions } from "./kinds.ts";
import type { Queues } from "./opened.ts";
import type { RetryPolicy } from "./outcome.ts";
import type { StoredQueue } from "./store.ts";

const retryMs = 100;

/** Stores jobs; see the port's `add`. */
export class Producer {
  readonly #open: () => Promise<Queues>;
  readonly #policy: RetryPolicy;

  constructor(open: () => Promise<Queues>, policy: RetryPolicy) {
    this.#open = open;
    this.#policy = policy;
  }

  /** Resolves when the store has the job; rejects with `unavailable` when it does not take it within the time, at once when it refuses it. */
  async add(job: Job, timeoutMs: number): Promise<void> {
    const control = new AbortController();
    try {
      await within(timeoutMs, this.#addWhileAway(job, control.signal), () => new Error(`no answer in ${timeoutMs} ms`));
    } catch (error) {
      throw new Fault("unavailable", `the queue's store did not take the job: ${messageOf(error)}`, { cause: error });
    } finally {
      control.abort();
    }
  }

  /** Adding twice is harmless, so a store that is away for a moment (a failover, a restart) is asked again. */
  async #addWhileAway(job: Job, stop: AbortSignal): Promise<void> {
    for (;;) {
      try {
        const queue = (await this.#open()).get(job.type);
        if (queue === undefined) throw new Fault("bug", `no queue for ${job.type}`);
        return await store(queue, job, this.#policy);
      } catch (error) {
        if (stop.aborted || !isConnectionError(error)) throw error;
        await sleep(retryMs);
      }
    }
  }
}

async function store(queue: StoredQueue, job: Job, policy: RetryPolicy): Promise<void> {
  const { id } = await queue.add(job.type, job, jobOptions(job, policy));
  if (id === undefined) throw new Fault("bug", "the store gave the job no id");
  const stored = await queue.getJob(id);
  const state = await stored?.getState();
  if (isOnce(job.type)) {
    // Added again after it failed for good: somebody asks for another try.
    if (state === "failed") await stored?.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
    return;
  }
  // A deduplication key that outlived its job would swallow every further job of that key. It is removed only if it still names that job.
  if (state === "failed" || state === "completed") {
    if (await stored?.removeDeduplicationKey()) await queue.add(job.type, job, jobOptions(job, policy));
  }
}

const awayCodes = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "57P01", "57P02", "57P03"]);
const awayMessages =
  /Connection is closed|isn't writeable|Connection terminated|not queryable|max retries per request|^LOADING|^READONLY/i;

/** Whether the store is away, rather than refusing the job. Codes of node:net and of PostgreSQL (class 57P), messages of ioredis, `pg` and Redis. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && awayCodes.has(error.code)) return true;
  return awayMessages.test(error.message);
}
