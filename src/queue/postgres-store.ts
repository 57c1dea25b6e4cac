import { createPostgresBackend, isPgPool, type PgPool, runMigrations, withBackend } from "bullmq";
import { Pool } from "pg";
import { Fault } from "../model/errors.ts";
import { JOB_TYPES } from "../model/job-kinds.ts";
import { PostgresRecords } from "./records/postgres-records.ts";
import type { JobProcessor, OnStoreError, Store, StoredQueue, StoredWorker, WorkerSettings } from "./store.ts";

/** BullMQ's own name for the schema of a pool that it did not make. */
const schema = "bullmq";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** The pools of the two sides; they may be one. */
export interface PostgresPools {
  readonly adding: PgPool;
  readonly running: PgPool;
  /** Called when the store is closed: ends what was made for it. */
  end(): Promise<void>;
}

/** Jobs in a PostgreSQL behind any pools, each kind in a queue named `<prefix>-<kind>`. */
export class PostgresStore implements Store {
  readonly inMemory = false;
  readonly records: PostgresRecords;
  readonly #pools: PostgresPools;
  readonly #prefix: string;

  constructor(pools: PostgresPools, prefix: string, onError: OnStoreError) {
    this.#pools = pools;
    this.#prefix = prefix;
    this.records = new PostgresRecords(pools.running, schema, prefix);
    for (const pool of this.#distinct()) pool.on("error", onError);
  }

  async prepare(): Promise<void> {
    const client = await this.#pools.adding.connect();
    try {
      await runMigrations(client, schema);
    } finally {
      client.release();
    }
    await this.records.prepare();
  }

  queue(name: string): StoredQueue {
    return new Queue(this.#prefixed(name), { connection: this.#pools.adding, streams: { events: { maxLen: 100 } } });
  }

  worker(name: string, processor: JobProcessor, settings: WorkerSettings): StoredWorker {
    return new Worker(this.#prefixed(name), processor, { ...settings, connection: this.#pools.running });
  }

  async ping(): Promise<void> {
    await this.#pools.adding.query("select 1");
  }

  close(): Promise<void> {
    return this.#pools.end();
  }

  #distinct(): ReadonlySet<PgPool> {
    return new Set([this.#pools.adding, this.#pools.running]);
  }

  #prefixed(name: string): string {
    return `${this.#prefix}-${name}`;
  }
}

/**
 * One pool for a PostgreSQL server (13 or later): a listening connection for each kind's worker, and seven for queries.
 */
export function postgresPools(url: string): PostgresPools {
  const pool = postgresPool(url);
  return { adding: pool, running: pool, end: () => pool.end() };
}

function postgresPool(url: string): PgPool {
  const made = new Pool({
    connectionString: url,
    options: `-c search_path=${schema},public`,
    max: JOB_TYPES.length + 7,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // BullMQ listens for errors once for each queue and worker.
  made.setMaxListeners(0);
  const pool: unknown = made;
  if (!isPgPool(pool)) throw new Fault("bug", "pg.Pool is not what BullMQ takes for a pool");
  return pool;
}
