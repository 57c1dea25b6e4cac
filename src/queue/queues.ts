import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../model/errors.ts";
import { JOB_TYPES, type JobType } from "../model/job-kinds.ts";
import type { Logger } from "../model/observe.ts";
import { queueName } from "./job-options.ts";
import type { Store, StoredQueue } from "./store.ts";

/** The store's queues, one per kind of job. */
export type Queues = ReadonlyMap<JobType, StoredQueue>;

const retryOpeningMs = 1_000;

/**
 * Opens the store once, as soon as it can be reached. BullMQ's objects reconnect by themselves, but not all of them do
 * when the first try failed: so none is made before the store has answered.
 */
export class StoreOpening {
  readonly #store: Store;
  readonly #log: Logger;
  #opened: Promise<Queues> | undefined;
  #closed = false;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** The queues, when the store can be reached now or could be before; else rejects, and the next call tries again. */
  queues(): Promise<Queues> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** The queues, as soon as the store can be reached; `undefined` once closed. */
  async whenOpen(): Promise<Queues | undefined> {
    while (!this.#closed) {
      try {
        return await this.queues();
      } catch (error) {
        this.#log.warn({ error: messageOf(error) }, "the queue's store cannot be reached; trying again");
        await sleep(retryOpeningMs);
      }
    }
    return undefined;
  }

  /** Ends waiting for the store. */
  close(): void {
    this.#closed = true;
  }

  async #open(): Promise<Queues> {
    await this.#store.prepare();
    const queues = new Map(JOB_TYPES.map((type) => [type, this.#store.queue(queueName(type))]));
    for (const [type, queue] of queues) {
      queue.on("error", (error) => this.#log.debug({ queue: type, error: messageOf(error) }, "queue connection"));
    }
    await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));
    return queues;
  }
}
