import type { PgPool } from "bullmq";
import { z } from "zod";
import type { KeptQuery, KeptRecord, RecordStore } from "./record-store.ts";

/** Forgotten records removed by one `put`, at most. */
const swept = 20;

/**
 * Each way to find records has one column and one index, so that the planner, which for a long time knows nothing of
 * the table, has no choice to get wrong: `name` is prefix, kind and id, `family` prefix and kind, `keys` the family
 * with each key. Entries of `keys` are never left pending, since every search would read them one by one. `text` is
 * JSON, but no jsonb: that takes neither NULs nor halves of surrogate pairs.
 */
function tableOf(schema: string): string {
  return `
    create table if not exists ${schema}.sluice_records (
      name text collate "C" primary key,
      family text collate "C" not null,
      at bigint not null,
      expires bigint,
      keys text[] not null,
      text text not null
    );
    create index if not exists sluice_records_age on ${schema}.sluice_records (family, at desc, name);
    create index if not exists sluice_records_keys on ${schema}.sluice_records using gin (keys) with (fastupdate = off);
    create index if not exists sluice_records_expires on ${schema}.sluice_records (expires) where expires is not null;
  `;
}

/** Any number that no one else locks by. */
const makingLock = 5_130_418_001;

const rows = z.array(z.object({ text: z.string() }));

/** Records in a table beside BullMQ's. */
export class PostgresRecords implements RecordStore {
  readonly #pool: PgPool;
  readonly #schema: string;
  readonly #prefix: string;

  constructor(pool: PgPool, schema: string, prefix: string) {
    this.#pool = pool;
    this.#schema = schema;
    this.#prefix = prefix;
  }

  /** Makes the table where there is none; several processes may do so at once. */
  async prepare(): Promise<void> {
    // Without parameters all is one transaction.
    await this.#pool.query(`select pg_advisory_xact_lock(${makingLock}); ${tableOf(this.#schema)}`);
  }

  async put({ kind, id, at, keys, text, expires }: KeptRecord, now: number): Promise<void> {
    const found = keys.map((key) => this.#name(kind, key));
    await this.#query(
      `with old as (
        select ctid from records where expires <= $7 and name <> $1 order by expires limit ${swept} for update skip locked
      ), gone as (delete from records where ctid = any (array (select ctid from old)))
      insert into records as kept (name, family, at, expires, keys, text) values ($1, $2, $3, $4, $5, $6)
      on conflict (name)
      do update set at = excluded.at, expires = excluded.expires, keys = excluded.keys, text = excluded.text`,
      [this.#name(kind, id), this.#family(kind), at, expires ?? null, found, text, now],
    );
  }

  async get(kind: string, id: string, now: number): Promise<string | undefined> {
    const found = await this.#query("select text from records where name = $1 and (expires is null or expires > $2)", [
      this.#name(kind, id),
      now,
    ]);
    return found[0];
  }

  async find({ kind, key, before, limit }: KeptQuery, now: number): Promise<readonly string[]> {
    if (key === undefined) {
      return this.#query(
        `select text from records where family = $1 and at < $2 and (expires is null or expires > $3)
        order by at desc, name limit $4`,
        [this.#family(kind), before, now, limit],
      );
    }
    // Materialized, or a rare key might be looked for through all records in the order of their age.
    return this.#query(
      `with found as materialized (
        select ctid, at, name from records where keys @> $1 and at < $2 and (expires is null or expires > $3)
      ), newest as (select ctid, at, name from found order by at desc, name limit $4)
      select text from records where ctid = any (array (select ctid from newest)) order by at desc, name`,
      [[this.#name(kind, key)], before, now, limit],
    );
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.#query("delete from records where name = $1", [this.#name(kind, id)]);
  }

  #family(kind: string): string {
    return `${this.#prefix}\n${kind}`;
  }

  /** Of a record by its id, or of what it is found by. */
  #name(kind: string, idOrKey: string): string {
    return `${this.#family(kind)}\n${idOrKey}`;
  }

  async #query(text: string, values: readonly unknown[]): Promise<readonly string[]> {
    const table = `${this.#schema}.sluice_records`;
    const result = await this.#pool.query(text.replaceAll(/\b(from|into) records\b/g, `$1 ${table}`), [...values]);
    return rows.parse(result.rows).map((row) => row.text);
  }
}
