import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { openDatabase } from "./embedded-database.ts";
import { type FolderLock, type FolderLockOptions, lockFolder } from "./folder-lock.ts";
import { pglitePools } from "./pglite-pool.ts";
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
  readonly #folder: string;

  private constructor(folder: string, inner: PostgresStore, db: PGlite, lock: FolderLock, upkeep: NodeJS.Timeout) {
    this.#folder = folder;
    this.#inner = inner;
    this.records = inner.records;
    this.#db = db;
    this.#lock = lock;
    this.#upkeep = upkeep;
  }

  /**
   * Opens or makes the folder, which is its owner's alone; rejects with an `in-use` error while another process has it,
   * and as `openDatabase` does.
   */
  static async open(
    dataDir: string,
    prefix: string,
    onError: OnStoreError,
    wait: FolderLockOptions = {},
  ): Promise<EmbeddedStore> {
    const folder = join(dataDir, "queue");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await lockFolder(folder, wait);
    try {
      const db = await openDatabase(join(folder, "pg"));
      const pools = pglitePools(db);
      // PGlite has no autovacuum: without this every update would cost space, and in time speed, for ever.
      const vacuum = () => pools.running.query("vacuum (analyze)").catch(onError);
      const upkeep = setInterval(() => void vacuum(), upkeepMs);
      return new EmbeddedStore(folder, new PostgresStore(pools, prefix, onError), db, lock, upkeep.unref());
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

  /** Rejects as well while the disk has no room: what cannot be stored cannot be taken. */
  async ping(): Promise<void> {
    await writeProbe(join(this.#folder, "probe"));
    await this.#inner.ping();
  }

  async close(): Promise<void> {
    clearInterval(this.#upkeep);
    await this.#inner.close();
    await this.#db.close();
    await this.#lock.release();
  }
}

/** About what one delivery needs, in bytes. */
const probeBytes = 256 * 1024;

async function writeProbe(path: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(Buffer.alloc(probeBytes));
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
