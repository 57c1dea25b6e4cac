import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import type { PinnedSource } from "../model/sources.ts";

/** What is known of a request. */
export interface PinRecord {
  readonly source: PinnedSource;
  /** What it was when it was seen first. */
  readonly first: string;
  /** When that was asked for last where it comes from, in milliseconds. */
  readonly checked: number;
}

/** A document that a server gave with an `ETag`. */
export interface KeptDocument {
  readonly etag: string;
  readonly body: Uint8Array;
}

/** What was pinned, in one SQLite file that several processes may share. */
export interface PinRecords {
  find(key: string): PinRecord | undefined;
  /** Writes it; of what was seen first, the earlier record stays. Gives what is there now. */
  put(key: string, source: PinnedSource, now: number): PinRecord;
  document(url: string): KeptDocument | undefined;
  putDocument(url: string, document: KeptDocument, now: number): void;
  /**
   * Drops a share of the records that were not used since then, the least recently used first, and gives the trees of
   * all others; `undefined` where there is nothing to drop.
   */
  shrink(share: number, since: number): ReadonlySet<string> | undefined;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS pins (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, first TEXT NOT NULL, checked INTEGER NOT NULL, used INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS pins_used ON pins (used);
  CREATE TABLE IF NOT EXISTS documents (url TEXT PRIMARY KEY, etag TEXT NOT NULL, body BLOB NOT NULL, used INTEGER NOT NULL);`;

const fileName = "pins-v1.sqlite";
/** SQLite's codes for a file that is damaged or no database. */
const damage: ReadonlySet<unknown> = new Set([11, 26]);
/** So many documents are kept; indexes of chart repositories have megabytes. */
const documents = 50;

const sourceSchema = z.object({
  tree: z.string().regex(/^[0-9a-f]{40}$/),
  revision: z.string(),
  version: z.string().exactOptional(),
  moving: z.boolean(),
  movedFrom: z.string().exactOptional(),
  notes: z.array(z.string()).exactOptional(),
});

/**
 * Opens the records below a folder. A damaged file is replaced by an empty one, which the log says: all of it can be
 * fetched again, and only what was seen first is forgotten.
 */
export function openPinRecords(root: string, log: Logger | undefined): PinRecords {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const file = join(root, fileName);
  let db = open(file);
  const use = <T>(work: (open: DatabaseSync) => T): T => {
    try {
      return work(db);
    } catch (error) {
      if (!(error instanceof Error && "errcode" in error && damage.has(error.errcode))) throw error;
      log?.warn({ file, error: messageOf(error) }, "the records of remote sources are damaged, they begin anew");
      db.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
      db = open(file);
      return work(db);
    }
  };
  return {
    find: (key) => use((now) => find(now, key)),
    put: (key, source, now) => use((open) => put(open, key, source, now)),
    document: (url) => use((open) => document(open, url)),
    putDocument: (url, kept, now) => use((open) => putDocument(open, url, kept, now)),
    shrink: (share, since) => use((open) => shrink(open, share, since)),
    close: () => db.close(),
  };
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 10_000 });
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;");
    db.exec(schema);
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof Error && "errcode" in error && damage.has(error.errcode))) throw error;
    for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    const fresh = new DatabaseSync(file, { timeout: 10_000 });
    fresh.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;");
    fresh.exec(schema);
    return fresh;
  }
}

function find(db: DatabaseSync, key: string): PinRecord | undefined {
  const row = db.prepare("SELECT source, first, checked FROM pins WHERE key = ?").get(key);
  if (row === undefined) return undefined;
  const source = sourceSchema.safeParse(parse(String(row.source)));
  if (!source.success) return undefined;
  db.prepare("UPDATE pins SET used = ? WHERE key = ?").run(Date.now(), key);
  return { source: source.data, first: String(row.first), checked: Number(row.checked) };
}

function put(db: DatabaseSync, key: string, source: PinnedSource, now: number): PinRecord {
  const text = JSON.stringify(source);
  db.prepare(
    `INSERT INTO pins (key, source, first, checked, used) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET source = excluded.source, checked = excluded.checked, used = excluded.used`,
  ).run(key, text, source.revision, now, Date.now());
  return find(db, key) ?? { source, first: source.revision, checked: now };
}

function document(db: DatabaseSync, url: string): KeptDocument | undefined {
  const row = db.prepare("SELECT etag, body FROM documents WHERE url = ?").get(url);
  return row?.body instanceof Uint8Array ? { etag: String(row.etag), body: row.body } : undefined;
}

function putDocument(db: DatabaseSync, url: string, { etag, body }: KeptDocument, now: number): void {
  db.prepare("INSERT OR REPLACE INTO documents (url, etag, body, used) VALUES (?, ?, ?, ?)").run(url, etag, body, now);
  db.prepare("DELETE FROM documents WHERE url NOT IN (SELECT url FROM documents ORDER BY used DESC LIMIT ?)").run(
    documents,
  );
}

function shrink(db: DatabaseSync, share: number, since: number): ReadonlySet<string> | undefined {
  const old = Number(db.prepare("SELECT count(*) AS count FROM pins WHERE used <= ?").get(since)?.count ?? 0);
  if (old === 0) return undefined;
  db.prepare("DELETE FROM pins WHERE key IN (SELECT key FROM pins WHERE used <= ? ORDER BY used LIMIT ?)").run(
    since,
    Math.ceil(old * share),
  );
  const rows = db.prepare("SELECT source FROM pins").all();
  return new Set(
    rows.flatMap(({ source }) => {
      const parsed = sourceSchema.safeParse(parse(String(source)));
      return parsed.success ? [parsed.data.tree] : [];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
