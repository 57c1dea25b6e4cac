import { EventEmitter } from "node:events";
import type { PGlite } from "@electric-sql/pglite";
import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from "bullmq";
import { type Asker, PgliteTurns } from "./pglite-priority.ts";
import type { PostgresPools } from "./postgres-store.ts";

/** Pools over a PGlite in this process, which is not closed with them. Adding has precedence. */
export function pglitePools(db: PGlite): PostgresPools {
  const turns = new PgliteTurns();
  const end = async () => undefined;
  return { adding: pglitePool(db, turns, "adding"), running: pglitePool(db, turns, "running"), end };
}

/**
 * A pool over the one session of a PGlite in this process, in the shape that BullMQ takes. (A socket server in front of
 * PGlite would mix up the extended-protocol messages of its connections.) The database is not closed with it. All its
 * clients share the session, so none may hold a transaction open while another is used; the session cannot fail apart
 * from the process, so there are no other events than notifications.
 */
function pglitePool(db: PGlite, turns: PgliteTurns, asker: Asker): PgPool {
  const query = (text: string, params?: readonly unknown[]): Promise<PgQueryResult> =>
    turns.take(asker, () => run(db, text, params));
  const pool: PgPool & { readonly options: { readonly keepAlive: boolean } } = {
    // Read by BullMQ: a session in this process is never dropped silently.
    options: { keepAlive: true },
    query,
    connect: async () => pgliteClient(db, query),
    end: async () => undefined,
    on: () => pool,
    removeAllListeners: () => pool,
  };
  return pool;
}

/** As `pg` does: a text with parameters is one statement, a text alone may be many. */
async function run(db: PGlite, text: string, params: readonly unknown[] | undefined): Promise<PgQueryResult> {
  if (params !== undefined && params.length > 0) return db.query(text, [...params]);
  const results = await db.exec(text);
  return results.at(-1) ?? { rows: [] };
}

// As BullMQ's overloads ask: it listens to errors as well, which never come.
type Listener = (event: PgNotification & Error) => void;

function pgliteClient(db: PGlite, query: PgPool["query"]): PgPoolClient {
  const events = new EventEmitter();
  events.setMaxListeners(0);
  const stop = db.onNotification((channel, payload) => events.emit("notification", { channel, payload }));
  const client: PgPoolClient = {
    query,
    on: (event: string, listener: Listener) => {
      if (event === "notification") events.on(event, listener);
      return client;
    },
    removeListener: (event, listener) => {
      events.removeListener(event, listener);
      return client;
    },
    removeAllListeners: (event?: string) => {
      events.removeAllListeners(event);
      return client;
    },
    release: () => stop(),
  };
  return client;
}
