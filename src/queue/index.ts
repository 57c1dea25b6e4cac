import { Fault } from "../model/errors.ts";
import type { Events } from "../model/events.ts";
import type { Job, JobType } from "../model/job-kinds.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import type { AddOptions, Handlers, Queue, QueueCounts } from "../model/queue.ts";
import type { Records } from "../model/records.ts";
import { Consumer, defaultLockTiming, type LockTiming } from "./consumer.ts";
import { settled, within } from "./deadline.ts";
import { EmbeddedStore } from "./embedded-store.ts";
import { isOnce } from "./job-options.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./outcome.ts";
import { type PostgresPools, PostgresStore, postgresPools } from "./postgres-store.ts";
import { Producer } from "./producer.ts";
import { StoreOpening } from "./queues.ts";
import { StoredRecords } from "./records/stored-records.ts";
import { RedisStore } from "./redis-store.ts";
import type { OnStoreError, Store } from "./store.ts";

/**
 * What keeps the jobs. Redis and PostgreSQL are shared by any number of processes, the embedded one belongs to one.
 * Pools are a PostgreSQL that is reached already.
 */
export type QueueBackend =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "pools"; readonly pools: PostgresPools }
  | { readonly kind: "embedded"; readonly dataDir: string; readonly waitMs?: number };

/** Settings of the queue. */
export interface QueueOptions {
  readonly backend: QueueBackend;
  /** Tells two installations on one store apart: letters, digits, dashes. Default `sluice`. */
  readonly prefix?: string;
  /** Jobs of a kind that run at once in this process, where the table of kinds names no number. */
  readonly concurrency: number;
  /** In place of the table's deadlines, in milliseconds; for tests. */
  readonly deadlines?: Partial<Readonly<Record<JobType, number>>>;
  readonly events: Pick<Events, "announce">;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  /** From 0 to 1, for the spread of retries. */
  readonly random?: () => number;
  readonly retries?: RetryPolicy;
  readonly locks?: LockTiming;
  /** How long the store may take to answer, in milliseconds. Default: 5 s, and 3 s for it to close. */
  readonly storeMs?: number;
}

const defaultStoreMs = 5_000;
const defaultDisconnectMs = 3_000;

/**
 * The queue on one of its stores. A Redis or PostgreSQL that cannot be reached yet is no error here: `add` and
 * `healthy` tell. Rejects with an `in-use` UserError when the embedded store's folder is in use by another process
 * after `waitMs`, and with a `usage` one when that store is damaged.
 */
export async function createQueue(options: QueueOptions): Promise<Queue> {
  return new StoredJobs(await openStore(options), options);
}

async function openStore({ backend, prefix = "sluice", log }: QueueOptions): Promise<Store> {
  const onError: OnStoreError = (error) => log.debug({ error: error.message }, "store connection");
  switch (backend.kind) {
    case "redis":
      return new RedisStore(backend.url, prefix, onError);
    case "postgres":
      return new PostgresStore(postgresPools(backend.url), prefix, onError);
    case "pools":
      return new PostgresStore(backend.pools, prefix, onError);
    case "embedded":
      return EmbeddedStore.open(backend.dataDir, prefix, onError, {
        waitMs: backend.waitMs ?? 0,
        onWait: (holder) => log.warn({ folder: backend.dataDir, holder }, "the data folder is in use, waiting for it"),
      });
    default:
      return backend satisfies never;
  }
}

class StoredJobs implements Queue {
  readonly records: Records;
  readonly #store: Store;
  readonly #options: QueueOptions;
  readonly #storeMs: number;
  readonly #opening: StoreOpening;
  readonly #producer: Producer;
  #consumer: Promise<Consumer | undefined> | undefined;
  #closed: Promise<void> | undefined;

  constructor(store: Store, options: QueueOptions) {
    this.#store = store;
    this.#options = options;
    this.#storeMs = options.storeMs ?? defaultStoreMs;
    this.#opening = new StoreOpening(store, options.log);
    const clock = options.clock ?? Date.now;
    this.#producer = new Producer(() => this.#opening.queues(), options.retries ?? defaultRetryPolicy, clock);
    this.records = new StoredRecords(() => this.#opening.queues().then(() => store.records), clock, this.#storeMs);
  }

  async add(job: Job, { timeoutMs = this.#storeMs, delayMs = 0 }: AddOptions = {}): Promise<void> {
    if (delayMs > 0 && !isOnce(job.type)) throw new Fault("bug", `a ${job.type} job cannot be added with a delay`);
    if (!Number.isSafeInteger(delayMs)) throw new Fault("bug", `${delayMs} is no delay in milliseconds`);
    await this.#producer.add(job, { timeoutMs, delayMs });
  }

  async start(handlers: Handlers): Promise<void> {
    if (this.#consumer !== undefined) throw new Fault("bug", "the queue was started already");
    this.#consumer = this.#consume(handlers);
  }

  async healthy(timeoutMs: number): Promise<boolean> {
    try {
      await within(timeoutMs, this.#store.ping(), () => new Error("no answer"));
      return true;
    } catch {
      return false;
    }
  }

  async counts(): Promise<QueueCounts> {
    const late = () => new Fault("unavailable", `the queue's store did not count its jobs in ${this.#storeMs} ms`);
    const all = await within(this.#storeMs, this.#countEach(), late);
    const sum = (state: string) => all.reduce((total, counts) => total + (counts[state] ?? 0), 0);
    return { waiting: sum("waiting"), active: sum("active"), delayed: sum("delayed"), failed: sum("failed") };
  }

  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#close(graceMs);
    return this.#closed;
  }

  async #consume(handlers: Handlers): Promise<Consumer | undefined> {
    if ((await this.#opening.whenOpen()) === undefined) return undefined;
    const {
      retries = defaultRetryPolicy,
      locks = defaultLockTiming,
      clock = Date.now,
      random = Math.random,
      deadlines = {},
    } = this.#options;
    const defaults = { store: this.#store, handlers, policy: retries, timing: locks, clock, random, deadlines };
    return new Consumer({ ...this.#options, ...defaults });
  }

  async #countEach(): Promise<readonly Record<string, number>[]> {
    const queues = await this.#opening.queues();
    return Promise.all(
      [...queues.values()].map((queue) => queue.getJobCounts("waiting", "active", "delayed", "failed")),
    );
  }

  async #close(graceMs: number): Promise<void> {
    this.#opening.close();
    const consumer = await this.#consumer;
    await consumer?.close(graceMs);
    await settled(this.#options.storeMs ?? defaultDisconnectMs, this.#store.close());
  }
}
