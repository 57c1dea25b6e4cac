import type { Job, JobOf, JobType } from "./job-kinds.ts";
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
   * No run of this job was ever begun before, not even one that was killed. False as well when a worker that was
   * stopping took it and gave it back.
   */
  readonly firstRun: boolean;
  /** When the job was added, in milliseconds since the epoch, where that is known. */
  readonly addedAt?: number;
}

/**
 * Carries out jobs, one function per kind. A thrown error's kind decides whether the job is parked, retried or failed.
 */
export type Handlers = { readonly [T in JobType]: (job: JobOf<T>, context: RunContext) => Promise<void> };

/** How a job is added. */
export interface AddOptions {
  readonly timeoutMs?: number;
  /**
   * Run it no sooner than after this many milliseconds. Not for jobs that collapse: one would hold back the next of its
   * key.
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
 * What becomes of jobs of one key, the table of kinds says (`model/job-kinds.ts`):
 *
 * - `once`: the job is kept under its key for 3 days after it was handled: adding it again does nothing.
 * - `collapse`: while one waits, another add does nothing; while one runs, one more run follows; two never run at once.
 *   Where one waits to run again after it failed, the new one replaces it and runs at once, unless the other side said
 *   how long to wait.
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
