import { setTimeout as sleep } from "node:timers/promises";
import { Fault, messageOf } from "../model/errors.ts";
import { JOB_TYPES, type Job, type JobType } from "../model/job-kinds.ts";
import type { Clock } from "../model/observe.ts";
import type { AddOptions } from "../model/queue.ts";
import { Batcher } from "./batcher.ts";
import { within } from "./deadline.ts";
import { isOnce, jobOptions, replacingWaiting } from "./job-options.ts";
import type { RetryPolicy } from "./outcome.ts";
import { packJob } from "./packing.ts";
import type { Queues } from "./queues.ts";
import { runsAgainSooner } from "./retry-at.ts";
import type { StoredQueue } from "./store.ts";

const retryMs = 100;
const ended = "the add has ended";
/** How old the knowledge may be that no job has failed. */
const failedKnownMs = 1_000;
/** On PostgreSQL adding in bulk costs as much as this many single adds, for its temporary tables. */
const bulkFrom = 4;

type StorableJob = Parameters<StoredQueue["addBulk"]>[0][number];

/** Stores jobs; see the port's `add`. */
export class Producer {
  readonly #open: () => Promise<Queues>;
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  readonly #batchers: ReadonlyMap<JobType, Batcher<StorableJob>>;
  readonly #failed = new Map<JobType, { readonly at: number; readonly any: boolean }>();

  constructor(open: () => Promise<Queues>, policy: RetryPolicy, clock: Clock) {
    this.#open = open;
    this.#policy = policy;
    this.#clock = clock;
    const batcher = (type: JobType) => new Batcher<StorableJob>((jobs) => this.#addBulk(type, jobs));
    this.#batchers = new Map(JOB_TYPES.map((type) => [type, batcher(type)]));
  }

  /**
   * Resolves when the store has the job; rejects with `unavailable` when it does not take it within the time, at once
   * when it refuses it; with `bug` when it is nothing that can be stored.
   */
  async add(job: Job, { timeoutMs, delayMs }: Required<AddOptions>): Promise<void> {
    const storable = await this.#storable(job, delayMs);
    const control = new AbortController();
    try {
      await within(
        timeoutMs,
        this.#addWhileAway(job.type, storable, control.signal),
        () => new Error(`no answer in ${timeoutMs} ms`),
      );
    } catch (error) {
      throw new Fault("unavailable", `the queue's store did not take the job: ${messageOf(error)}`, { cause: error });
    } finally {
      // A reason of its own: the default one costs a stack trace each time.
      control.abort(ended);
    }
  }

  async #storable(job: Job, delayMs: number): Promise<StorableJob> {
    try {
      return { name: job.type, data: await packJob(job), opts: jobOptions(job, this.#policy, delayMs) };
    } catch (error) {
      throw new Fault("bug", `a job cannot be stored: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Adding twice is harmless, so a store that is away for a moment (a failover, a restart) is asked again. */
  async #addWhileAway(type: JobType, storable: StorableJob, stop: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await (isOnce(type) ? this.#addOnce(type, storable, stop) : this.#addCollapsing(type, storable));
      } catch (error) {
        if (stop.aborted || !isConnectionError(error)) throw error;
        await sleep(retryMs);
      }
    }
  }

  async #addOnce(type: JobType, storable: StorableJob, stop: AbortSignal): Promise<void> {
    await this.#batchers.get(type)?.add(storable, JSON.stringify(storable.data).length, stop);
    if (!(await this.#anyFailed(type))) return;
    // Added again after it failed for good: somebody asks for another try.
    const stored = await (await this.#queue(type)).getJob(storable.opts?.jobId ?? "");
    if ((await stored?.getState()) !== "failed") return;
    await stored?.retry("failed", { resetAttemptsMade: true });
  }

  async #addCollapsing(type: JobType, { name, data, opts }: StorableJob): Promise<void> {
    const queue = await this.#queue(type);
    const { id } = await queue.add(name, data, opts);
    const stored = await queue.getJob(id ?? "");
    if (stored === undefined) return;
    if (stored.finishedOn === undefined) {
      // It takes up what is new when it runs, so it must not sit out a wait that was meant for what was.
      if (runsAgainSooner(stored)) await queue.add(name, data, replacingWaiting(opts ?? {}));
      return;
    }
    // A deduplication key that outlived its job would swallow every further job of that key. It is removed only if it
    // still names that job.
    if (await stored.removeDeduplicationKey()) await queue.add(name, data, opts);
  }

  async #addBulk(type: JobType, jobs: readonly StorableJob[]): Promise<void> {
    const queue = await this.#queue(type);
    if (jobs.length >= bulkFrom) await queue.addBulk([...jobs]);
    else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
  }

  /**
   * Asked of the store once a second at most: nearly always none has, and then a job that was just added cannot be one
   * of them.
   */
  async #anyFailed(type: JobType): Promise<boolean> {
    const known = this.#failed.get(type);
    if (known !== undefined && this.#clock() - known.at < failedKnownMs) return known.any;
    this.#failed.set(type, { at: this.#clock(), any: known?.any ?? true });
    const { failed = 0 } = await (await this.#queue(type)).getJobCounts("failed");
    this.#failed.set(type, { at: this.#clock(), any: failed > 0 });
    return failed > 0;
  }

  async #queue(type: JobType): Promise<StoredQueue> {
    const queue = (await this.#open()).get(type);
    if (queue === undefined) throw new Fault("bug", `no queue for ${type}`);
    return queue;
  }
}

const awayCodes = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "57P01", "57P02", "57P03"]);
const awayMessages =
  /Connection is closed|isn't writeable|Connection terminated|not queryable|max retries per request|^LOADING|^READONLY/i;
/** Of `pg` for a query and for a connection, of ioredis for a command. */
const lateMessages = /^Query read timeout|^timeout exceeded when trying to connect|^Command timed out/;

/**
 * Whether the store is away, or so busy that its answer came too late, rather than refusing the job. Codes of node:net
 * and of PostgreSQL (class 57P), messages of ioredis, `pg` and Redis.
 */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && awayCodes.has(error.code)) return true;
  return awayMessages.test(error.message) || lateMessages.test(error.message);
}
