import { join } from "node:path";
import type { PgPool, PgPoolClient } from "bullmq";
import { openDatabase } from "../../src/queue/embedded-database.ts";
import type { QueueBackend } from "../../src/queue/index.ts";
import { pglitePools } from "../../src/queue/pglite-pool.ts";
import { postgresPools } from "../../src/queue/postgres-store.ts";
import { giveDatabase } from "../support/embedded-database.ts";

/**
 * A store that is opened once for many queues, each of which would take half a second to open its own. What opening and
 * closing one does is tested by `restart-contract.ts`.
 */
export interface SharedStore {
  /** For one queue. */
  backend(): QueueBackend;
  close(): Promise<void>;
}

/** A PGlite in the data folder. */
export async function shareEmbedded(dataDir: string): Promise<SharedStore> {
  await giveDatabase(dataDir);
  const db = await openDatabase(join(dataDir, "queue", "pg"));
  return { backend: () => ({ kind: "pools", pools: pglitePools(db) }), close: () => db.close() };
}

/** The connections to a PostgreSQL. */
export function sharePostgres(url: string): SharedStore {
  const { adding, end } = postgresPools(url);
  const backend = (): QueueBackend => {
    const pool = lent(adding);
    return { kind: "pools", pools: { adding: pool, running: pool, end: () => pool.end() } };
  };
  return { backend, close: end };
}

/** The pool for one queue: at its end what it took goes back, also what a worker that is being closed still took. */
function lent(pool: PgPool): PgPool {
  const taken = new Set<PgPoolClient>();
  let ended = false;
  const give = (client: PgPoolClient): PgPoolClient => {
    const { release } = client;
    client.release = (destroy) => {
      if (taken.delete(client)) release.call(client, destroy);
    };
    taken.add(client);
    return client;
  };
  const own: PgPool = {
    query: (text, values) => pool.query(text, values),
    connect: async () => {
      const client = give(await pool.connect());
      if (!ended) return client;
      client.release(true);
      throw new Error("the pool has ended");
    },
    end: async () => {
      ended = true;
      for (const client of taken) client.release(true);
    },
    on: () => own,
    removeAllListeners: () => own,
  };
  return own;
}
