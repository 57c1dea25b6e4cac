import type { Job, JobOf, JobType } from "./jobs.ts";
import type { Records } from "./records.ts";

/** What a handler gets beside the job. */
export interface RunContext {
  /** Aborts at the job's deadline, when the lock is lost, and when the worker is told to stop. */
  readonly signal: AbortSignal;
  /** 1 on the first run of this job. */
  readonly attempt: number;
  /** No further run follows if this one fails. */
  readonly lastAttempt: boolean;
  /**
   * No run of this job was ever begun before, not even one that was killed. False too when a worker that was stopping
   * took it and gave it back.
   */
  readonly firstRun: boolean;
}

/**
 * Carries out jobs, one function per kind. A thrown error's kind decides whether the job is parked, retried or failed.
 */
export type Handlers = { readonly [T in JobType]: (job: JobOf<T>, context: RunContext) => Promise<void> };

/** How a job is added. */
export interface AddOptions {
  readonly timeoutMs?: number;
  /**
   * Run it no sooner than after this many milliseconds. Only for `wake` jobs: a job that collapses would hold back the
   * next of its kind.
   */
  readonly delayMs?: number;
}

/** How many jobs stand where, over all kinds. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/**
 * The durable queue: at least once, so every handler is idempotent.
 *
 * - A `delivery` or `registry` event is kept under its id for 3 days after it was handled: adding it again does
 *   nothing.
 * - `preview` jobs of one pull request collapse: while one waits, another add does nothing; while one runs, one more
 *   run follows; two never run at once. The same for `gates`, `chain` and `image-pull` of one pull request,
 *   `promotions` and `watch` of one repository and `image` of one unit. Where one waits to run again after it failed,
 *   the new one takes its place and runs at once, unless the other side said how long to wait.
 * - A `wake` is known by its moment and what it wakes: adding it again does nothing.
 */
export interface Queue {
  /**
   * Stores the job durably; rejects with an `unavailable` Fault when the store does not take it within `timeoutMs`
   * (default 5,000).
   */
  add(job: Job, options?: AddOptions): Promise<void>;
  /** Begins to run jobs. Once only. */
  start(handlers: Handlers): Promise<void>;
  /** Whether the store answers, within `timeoutMs`. Never rejects. */
  healthy(timeoutMs: number): Promise<boolean>;
  counts(): Promise<QueueCounts>;
  /** Small records in the same store. */
  readonly records: Records;
  /**
   * Stops taking jobs, waits up to `graceMs` for those under way, then aborts their signals; leaves the rest in the
   * store.
   */
  close(graceMs: number): Promise<void>;
}
