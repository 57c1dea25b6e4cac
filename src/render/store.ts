import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import { type CachedRender, parseRemarks, sha256, sumOf } from "./cached-render.ts";
import { makePrivateFile, makePrivateFolder } from "./private-folder.ts";
import { decodeTrace, encodeTrace } from "./trace-codec.ts";

/** A cached render with its place in the order of arrival on disk. */
export interface StoredRender extends CachedRender {
  readonly id: number;
}

/** A render to be written. */
export interface NewRender {
  readonly key: string;
  readonly cached: CachedRender;
  readonly body: Uint8Array | undefined;
}

/** Names a cached render that was used. */
export interface UsedRender {
  readonly key: string;
  readonly sum: string;
}

/** Where and how much the store keeps. */
export interface StoreOptions {
  readonly directory: string;
  readonly capacityBytes: number;
  readonly log: Logger | undefined;
  readonly now: () => number;
  /** How long another process's write is waited for, in milliseconds; default 2,000. */
  readonly busyMs?: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS renders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL, sum BLOB NOT NULL, digest BLOB NOT NULL,
    trace BLOB NOT NULL, remarks TEXT NOT NULL, used INTEGER NOT NULL, UNIQUE (key, sum));
  CREATE INDEX IF NOT EXISTS renders_used ON renders (used, id);
  CREATE INDEX IF NOT EXISTS renders_digest ON renders (digest);
  CREATE TABLE IF NOT EXISTS bodies (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS engines (file TEXT PRIMARY KEY, build TEXT NOT NULL);`;

const fileName = "renders-v1.sqlite";
const rendersPerKey = 64;
const defaultBusyMs = 2_000;
/** SQLite's codes for a file that is damaged or no database. */
const damageCodes: ReadonlySet<unknown> = new Set([11, 26]);

interface Statements {
  readonly find: StatementSync;
  readonly body: StatementSync;
  readonly add: StatementSync;
  readonly addBody: StatementSync;
  readonly trim: StatementSync;
  readonly touch: StatementSync;
  readonly drop: StatementSync;
  readonly engine: StatementSync;
  readonly addEngine: StatementSync;
}

/**
 * Traces and results in one SQLite file, which any number of processes may share and any of them may be killed at any
 * time. A damaged file is replaced by an empty one, and a store that cannot be used behaves as an empty one; both are
 * said in the log. Bodies are kept once per content; what was used least recently goes when the file's content exceeds
 * the capacity.
 */
export class RenderStore {
  readonly #options: StoreOptions;
  #db: DatabaseSync | undefined;
  #statements: Statements | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#try(undefined, () => undefined);
  }

  /** The renders of a key that came after the one with id `after`, oldest first. Damaged ones are dropped. */
  find(key: string, after: number): StoredRender[] {
    return this.#try([], ({ find, drop }) =>
      find.all(Buffer.from(key, "hex"), after).flatMap((row) => {
        const stored = storedRender(row);
        if (stored === undefined) {
          this.#options.log?.warn({ key }, "a damaged render is dropped from the cache");
          drop.run(Number(row.id));
        }
        return stored ?? [];
      }),
    );
  }

  /** The body with this digest, `undefined` when it is not cached or damaged. */
  body(digest: string): Uint8Array | undefined {
    return this.#try(undefined, ({ body }) => {
      const bytes = body.get(Buffer.from(digest, "hex"))?.bytes;
      if (!(bytes instanceof Uint8Array)) return undefined;
      if (sha256(bytes) === digest) return bytes;
      this.#options.log?.warn({ digest }, "a damaged result in the cache is not used");
      return undefined;
    });
  }

  /** What the engine in this file said of itself, `undefined` where it was not asked. */
  engine(file: string): string | undefined {
    return this.#try(undefined, ({ engine }) => {
      const build = engine.get(file)?.build;
      return typeof build === "string" ? build : undefined;
    });
  }

  /** Keeps what an engine said. */
  addEngine(file: string, build: string): void {
    this.#try(undefined, ({ addEngine }) => void addEngine.run(file, build));
  }

  /** Writes renders, and the time of use of cached ones, in one transaction; then makes room. */
  write(renders: readonly NewRender[], used: readonly UsedRender[]): void {
    const now = Math.floor(this.#options.now() / 1000);
    this.#try(undefined, ({ add, addBody, trim, touch }, db) => {
      transaction(db, () => {
        for (const { key, cached, body } of renders) {
          const [keyBytes, digest] = [Buffer.from(key, "hex"), Buffer.from(cached.digest, "hex")];
          const sum = Buffer.from(cached.sum, "hex");
          if (body !== undefined) addBody.run(digest, body);
          add.run(keyBytes, sum, digest, encodeTrace(cached.trace), JSON.stringify(cached.remarks), now);
          trim.run(keyBytes, keyBytes, rendersPerKey);
        }
        for (const { key, sum } of used) touch.run(now, Buffer.from(key, "hex"), Buffer.from(sum, "hex"));
      });
      this.#makeRoom(db);
    });
  }

  /** Closes the file. */
  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#statements = undefined;
  }

  #open(): void {
    const { directory, busyMs = defaultBusyMs } = this.#options;
    makePrivateFolder(directory);
    // What SQLite makes beside the file has the file's mode.
    makePrivateFile(join(directory, fileName));
    const db = new DatabaseSync(join(directory, fileName), { timeout: busyMs });
    this.#db = db;
    // Never waits for the disk, from the first statement on: a killed process loses nothing, and a power cut costs at
    // most the cache, whose rows carry check sums.
    db.exec("PRAGMA synchronous = OFF; PRAGMA journal_size_limit = 4194304");
    // Room is given back in steps; this holds only for a file without tables.
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(schema);
    this.#statements = {
      find: db.prepare("SELECT id, sum, digest, trace, remarks FROM renders WHERE key = ? AND id > ? ORDER BY id"),
      body: db.prepare("SELECT bytes FROM bodies WHERE digest = ?"),
      add: db.prepare(
        "INSERT INTO renders (key, sum, digest, trace, remarks, used) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ),
      // A damaged body is fixed when its render is written again.
      addBody: db.prepare("INSERT OR REPLACE INTO bodies (digest, bytes) VALUES (?, ?)"),
      trim: db.prepare(
        "DELETE FROM renders WHERE key = ? AND id IN (SELECT id FROM renders WHERE key = ? ORDER BY used DESC, id DESC LIMIT -1 OFFSET ?)",
      ),
      touch: db.prepare("UPDATE renders SET used = ? WHERE key = ? AND sum = ?"),
      drop: db.prepare("DELETE FROM renders WHERE id = ?"),
      engine: db.prepare("SELECT build FROM engines WHERE file = ?"),
      addEngine: db.prepare("INSERT OR REPLACE INTO engines (file, build) VALUES (?, ?)"),
    };
  }

  #makeRoom(db: DatabaseSync): void {
    const { capacityBytes } = this.#options;
    if (contentBytes(db) <= capacityBytes) return;
    const oldest = db.prepare("DELETE FROM renders WHERE id IN (SELECT id FROM renders ORDER BY used, id LIMIT ?)");
    const orphans = db.prepare("DELETE FROM bodies WHERE digest NOT IN (SELECT digest FROM renders)");
    while (contentBytes(db) > capacityBytes * 0.9) {
      const share = Math.max(16, Math.floor(countRenders(db) / 10));
      const deleted = transaction(db, () => Number(oldest.run(share).changes) + Number(orphans.run().changes));
      if (deleted === 0) break;
    }
    db.exec("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Runs `work` on the open file. When that fails, says so and gives `otherwise`; a damaged file is replaced. */
  #try<T>(otherwise: T, work: (statements: Statements, db: DatabaseSync) => T): T {
    try {
      if (this.#db === undefined || this.#statements === undefined) this.#open();
      if (this.#db === undefined || this.#statements === undefined) return otherwise;
      return work(this.#statements, this.#db);
    } catch (error) {
      this.#repair(error);
      return otherwise;
    }
  }

  #repair(error: unknown): void {
    const damaged = error instanceof Error && "errcode" in error && damageCodes.has(error.errcode);
    const fields = { error: messageOf(error), directory: this.#options.directory };
    this.#options.log?.warn(fields, damaged ? "render cache is damaged, starting an empty one" : "render cache failed");
    if (!damaged) return;
    this.close();
    for (const suffix of ["", "-wal", "-shm"])
      rmSync(join(this.#options.directory, fileName + suffix), { force: true });
  }
}

type Row = Record<string, unknown>;

function storedRender(row: Row): StoredRender | undefined {
  const { id, sum, digest, trace, remarks } = row;
  if (typeof id !== "number" || typeof remarks !== "string" || !(trace instanceof Uint8Array)) return undefined;
  const [sumHex, digestHex] = [hex(sum), hex(digest)];
  if (sumOf(trace, remarks, digestHex) !== sumHex) return undefined;
  return { id, sum: sumHex, digest: digestHex, trace: decodeTrace(trace), remarks: parseRemarks(remarks) };
}

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : "";
}

function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const value = work();
    db.exec("COMMIT");
    return value;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function contentBytes(db: DatabaseSync): number {
  const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

function countRenders(db: DatabaseSync): number {
  return Number(db.prepare("SELECT count(*) AS n FROM renders").get()?.n ?? 0);
}
