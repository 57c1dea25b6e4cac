import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { pglitePool } from "./pglite-pool.ts";
import { PgliteTurns } from "./pglite-priority.ts";
import { PostgresStore } from "./postgres-store.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { JobProcessor, OnStoreError, Store, StoredQueue, StoredWorker, WorkerSettings } from "./store.ts";

const upkeepMs = 10 * 60_000;

/** Jobs in a PGlite (PostgreSQL in this process) kept in a folder: one process at a time. */
export class EmbeddedStore implements Store {
  readonly inMemory = false;
  readonly records: RecordStore;
  readonly #inner: PostgresStore;
  readonly #db: PGlite;
  readonly #lock: FolderLock;
  readonly #upkeep: NodeJS.Timeout;

  private constructor(inner: PostgresStore, db: PGlite, lock: FolderLock, upkeep: NodeJS.Timeout) {
    this.#inner = inner;
    this.records = inner.records;
    this.#db = db;
    this.#lock = lock;
    this.#upkeep = upkeep;
  }

  /** Opens or makes the folder; rejects with a `usage` error while another process has it. */
  static async open(dataDir: string, prefix: string, onError: OnStoreError): Promise<EmbeddedStore> {
    const folder = join(dataDir, "queue");
    await mkdir(folder, { recursive: true });
    const lock = await lockFolder(folder);
    try {
      const db = await PGlite.create(join(folder, "pg"));
      await db.exec("create schema if not exists bullmq; set search_path = bullmq, public");
      const turns = new PgliteTurns();
      const pools = { adding: pglitePool(db, turns, "adding"), running: pglitePool(db, turns, "running") };
      // PGlite has no autovacuum: without this every update would cost space, and in time speed, for ever.
      const vacuum = () => turns.take("running", () => db.exec("vacuum (analyze)")).catch(onError);
      const upkeep = setInterval(() => void vacuum(), upkeepMs);
      return new EmbeddedStore(new PostgresStore(pools, prefix, onError), db, lock, upkeep.unref());
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  prepare(): Promise<void> {
    return this.#inner.prepare();
  }

  queue(name: string): StoredQueue {
    return this.#inner.queue(name);
  }

  worker(name: string, processor: JobProcessor, settings: WorkerSettings): StoredWorker {
    return this.#inner.worker(name, processor, settings);
  }

  ping(): Promise<void> {
    return this.#inner.ping();
  }

  async close(): Promise<void> {
    clearInterval(this.#upkeep);
    await this.#inner.close();
    await this.#db.close();
    await this.#lock.release();
  }
}
