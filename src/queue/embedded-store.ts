import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { JobType } from "../model/jobs.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { pglitePool } from "./pglite-pool.ts";
import { PostgresStore } from "./postgres-store.ts";
import type { JobProcessor, OnStoreError, Store, StoredQueue, StoredWorker, WorkerSettings } from "./store.ts";

/** Jobs in a PGlite (PostgreSQL in this process) kept in a folder: one process at a time. */
export class EmbeddedStore implements Store {
  readonly #inner: PostgresStore;
  readonly #lock: FolderLock;

  private constructor(inner: PostgresStore, lock: FolderLock) {
    this.#inner = inner;
    this.#lock = lock;
  }

  /** Opens or makes the folder; rejects with a `usage` error while another process has it. */
  static async open(dataDir: string, prefix: string, onError: OnStoreError): Promise<EmbeddedStore> {
    const folder = join(dataDir, "queue");
    await mkdir(folder, { recursive: true });
    const lock = await lockFolder(folder);
    try {
      const db = await PGlite.create(join(folder, "pg"));
      await db.exec("create schema if not exists bullmq; set search_path = bullmq, public");
      return new EmbeddedStore(new PostgresStore(pglitePool(db), prefix, onError), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  prepare(): Promise<void> {
    return this.#inner.prepare();
  }

  queue(type: JobType): StoredQueue {
    return this.#inner.queue(type);
  }

  worker(type: JobType, processor: JobProcessor, settings: WorkerSettings): StoredWorker {
    return this.#inner.worker(type, processor, settings);
  }

  ping(): Promise<void> {
    return this.#inner.ping();
  }

  async close(): Promise<void> {
    await this.#inner.close();
    await this.#lock.release();
  }
}
