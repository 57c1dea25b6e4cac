import { createPostgresBackend, isPgPool, type PgPool, runMigrations, withBackend } from "bullmq";
import { Pool } from "pg";
import { Fault } from "../model/errors.ts";
import type { JobType } from "../model/jobs.ts";
import type { JobProcessor, OnStoreError, Store, StoredQueue, StoredWorker, WorkerSettings } from "./store.ts";

/** BullMQ's own name for the schema of a pool that it did not make. */
const schema = "bullmq";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** Jobs in a PostgreSQL behind any pool, each kind in a queue named `<prefix>-<kind>`. */
export class PostgresStore implements Store {
  readonly #pool: PgPool;
  readonly #prefix: string;

  constructor(pool: PgPool, prefix: string, onError: OnStoreError) {
    this.#pool = pool;
    this.#prefix = prefix;
    pool.on("error", onError);
  }

  async prepare(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await runMigrations(client, schema);
    } finally {
      client.release();
    }
  }

  queue(type: JobType): StoredQueue {
    return new Queue(this.#name(type), { connection: this.#pool, streams: { events: { maxLen: 100 } } });
  }

  worker(type: JobType, processor: JobProcessor, settings: WorkerSettings): StoredWorker {
    return new Worker(this.#name(type), processor, { ...settings, connection: this.#pool });
  }

  async ping(): Promise<void> {
    await this.#pool.query("select 1");
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #name(type: JobType): string {
    return `${this.#prefix}-${type}`;
  }
}

/** A pool for a PostgreSQL server (13 or later). Sized for the workers' three listening connections and seven for queries. */
export function postgresPool(url: string): PgPool {
  const pool: unknown = new Pool({
    connectionString: url,
    options: `-c search_path=${schema},public`,
    max: 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  if (!isPgPool(pool)) throw new Fault("bug", "pg.Pool is not what BullMQ takes for a pool");
  return pool;
}
