import type { PgPool, PgPoolClient } from "bullmq";
import type { QueueBackend } from "../../src/queue/index.ts";
import { pglitePools } from "../../src/queue/pglite-pool.ts";
import { postgresPools } from "../../src/queue/postgres-store.ts";
import { memoryDatabase } from "../support/embedded-database.ts";
import { until } from "./queue-fixture.ts";

/**
 * A store that is opened once for many queues, each of which would take half a second to open its own. What opening and
 * closing one does is tested by `restart-contract.ts`.
 */
export interface SharedStore {
  /** For one queue. */
  backend(): QueueBackend;
  close(): Promise<void>;
}

/** A PGlite in memory. */
export async function shareEmbedded(): Promise<SharedStore> {
  const db = await memoryDatabase();
  return { backend: () => ({ kind: "pools", pools: pglitePools(db) }), close: () => db.close() };
}

/** The connections to a PostgreSQL, once it takes queries. */
export async function sharePostgres(url: string): Promise<SharedStore> {
  const { adding, end } = postgresPools(url);
  await until("PostgreSQL takes queries", () =>
    adding.query("select 1").then(
      () => true,
      () => false,
    ),
  );
  const backend = (): QueueBackend => {
    const pool = lent(adding);
    return { kind: "pools", pools: { adding: pool, running: pool, end: () => pool.end() } };
  };
  return { backend, close: end };
}

/**
 * The pool for one queue: at its end what it took goes back, also what a worker that is being closed still took. What
 * was listened on is used again, where BullMQ would have it closed: a new connection costs more than most tests.
 */
function lent(pool: PgPool): PgPool {
  const taken = new Set<PgPoolClient>();
  let ended = false;
  const give = (client: PgPoolClient): PgPoolClient => {
    const { release } = client;
    const giveBack = (destroy?: boolean) => release.call(client, destroy);
    client.release = (destroy) => {
      if (!taken.delete(client)) return;
      if (destroy !== true) giveBack();
      else
        client.query("unlisten *").then(
          () => giveBack(),
          () => giveBack(true),
        );
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
