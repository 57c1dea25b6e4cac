import { messageOf } from "../model/errors.ts";
import type { Events } from "../model/events.ts";
import { JOB_TYPES, type JobType, jobKind } from "../model/job-kinds.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import type { Handlers } from "../model/queue.ts";
import { type RepeatedLine, repeatedLines } from "../model/repeated-lines.ts";
import { settled } from "./deadline.ts";
import { queueName } from "./job-options.ts";
import { LockWatch } from "./lock-watch.ts";
import type { RetryPolicy } from "./outcome.ts";
import { RunAgain } from "./retry-at.ts";
import { runJob } from "./run.ts";
import type { Store, StoredWorker } from "./store.ts";

/** How long a job stays a dead worker's, and how often that is looked for. */
export interface LockTiming {
  readonly lockMs: number;
  readonly checkEveryMs: number;
}

/** A killed worker's job runs again elsewhere after 10 to 20 seconds. */
export const defaultLockTiming: LockTiming = { lockMs: 15_000, checkEveryMs: 5_000 };

/** What the workers of one process need. */
export interface ConsumerOptions {
  readonly store: Store;
  readonly handlers: Handlers;
  /** Runs at once of each kind that the table leaves to the server's setting. */
  readonly concurrency: number;
  /** In place of the table's deadlines, in milliseconds. */
  readonly deadlines: Partial<Readonly<Record<JobType, number>>>;
  readonly policy: RetryPolicy;
  readonly timing: LockTiming;
  readonly events: Pick<Events, "announce">;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A job may lose this many workers (killed, frozen) before it is given up as the cause. */
const maxLostWorkers = 3;
/** For jobs to end after their signal was aborted at the end of the grace. */
const abortMs = 3_000;
const disconnectMs = 1_000;

/** Runs the jobs of every kind. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #stop = new AbortController();
  readonly #workers: StoredWorker[];
  /** A store that fails, such as on a full disk, is told once a minute. */
  readonly #say: RepeatedLine;
  #closing = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#say = repeatedLines(options.log, options.clock);
    this.#workers = JOB_TYPES.map((type) => this.#worker(type));
  }

  /**
   * Takes no more jobs, waits up to `graceMs` for those under way, aborts them then; whatever has not ended soon after
   * is left to the next worker.
   */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const closed = Promise.allSettled(this.#workers.map((worker) => worker.close()));
    if (await settled(graceMs, closed)) return;
    this.#stop.abort();
    if (await settled(abortMs, closed)) return;
    this.#options.log.warn({}, "jobs did not end after their signal; they will run again elsewhere");
    await settled(disconnectMs, closed);
  }

  #worker<T extends JobType>(type: T): StoredWorker {
    const { store, handlers, concurrency, deadlines, policy, timing, events, log, metrics, clock, random } =
      this.#options;
    const locks = new LockWatch(timing.lockMs);
    const closing = () => this.#closing;
    const kind = jobKind(type);
    const deadlineMs = deadlines[type] ?? kind.deadlineMs;
    const run = { type, deadlineMs, policy, locks, closing, stop: this.#stop.signal, dropHandled: store.inMemory };
    const shared = { ...run, events, log, metrics, clock, random };
    const handler: Handlers[T] = handlers[type];
    const worker = store.worker(queueName(type), (job, token) => runJob({ ...shared, handler }, job, token), {
      autorun: false,
      concurrency: kind.concurrency === "setting" ? concurrency : kind.concurrency,
      lockDuration: timing.lockMs,
      stalledInterval: timing.checkEveryMs,
      maxStalledCount: maxLostWorkers,
      runRetryDelay: 1_000,
      settings: {
        backoffStrategy: (_attempts, _type, error) => (error instanceof RunAgain ? error.delayMs : 0),
      },
    });
    locks.attach(worker);
    this.#begin(type, worker);
    return worker;
  }

  #begin(type: JobType, worker: StoredWorker): void {
    const { log } = this.#options;
    worker.on("error", (error) => this.#say("warn", { queue: type }, `the queue's store failed: ${messageOf(error)}`));
    worker.on("stalled", (job) => log.warn({ queue: type, job }, "a job lost its worker; it runs again"));
    worker.run().catch((error: unknown) => log.error({ queue: type, error }, "worker stopped"));
  }
}
