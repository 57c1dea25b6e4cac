import { once } from "node:events";
import { Queue, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import { RedisRecords } from "./records/redis-records.ts";
import type { JobProcessor, OnStoreError, Store, StoredQueue, StoredWorker, WorkerSettings } from "./store.ts";

type Settings = Omit<RedisOptions, "replyMapping">;

const reconnect: Settings = {
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  connectTimeout: 5_000,
  keepAlive: 10_000,
};

/** Jobs in Redis (6.2 or later, `noeviction`, AOF). */
export class RedisStore implements Store {
  readonly inMemory = true;
  readonly records: RedisRecords;
  readonly #url: string;
  readonly #prefix: string;
  readonly #onError: OnStoreError;
  readonly #producer: Redis;
  #consumer: Redis | undefined;

  constructor(url: string, prefix: string, onError: OnStoreError) {
    this.#url = url;
    this.#prefix = prefix;
    this.#onError = onError;
    // Adding must fail soon when Redis is away: no queue of commands while offline, no endless resending, no answer
    // awaited forever.
    this.#producer = this.#connect({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 10_000 });
    this.records = new RedisRecords(this.#producer, prefix);
  }

  async prepare(): Promise<void> {
    // Rejects when the connection fails first.
    if (this.#producer.status !== "ready") await once(this.#producer, "ready");
  }

  queue(name: string): StoredQueue {
    return new Queue(name, {
      connection: this.#producer,
      prefix: this.#prefix,
      streams: { events: { maxLen: 100 } },
    });
  }

  worker(name: string, processor: JobProcessor, settings: WorkerSettings): StoredWorker {
    this.#consumer ??= this.#connect({ maxRetriesPerRequest: null });
    return new Worker(name, processor, { ...settings, connection: this.#consumer, prefix: this.#prefix });
  }

  async ping(): Promise<void> {
    await this.#producer.ping();
  }

  async close(): Promise<void> {
    this.#producer.disconnect();
    this.#consumer?.disconnect();
  }

  #connect(options: Settings): Redis {
    const client = new Redis(this.#url, { ...reconnect, ...options });
    client.on("error", this.#onError);
    return client;
  }
}
