import { afterAll, beforeAll, describe } from "vitest";
import { awayContract } from "./queue-away.ts";
import { queueContract } from "./queue-contract.ts";
import { openQueue } from "./queue-fixture.ts";
import { type PostgresServer, postgresFolder, startPostgres } from "./queue-servers.ts";
import { recordsContract } from "./records-contract.ts";
import { restartContract } from "./restart-contract.ts";
import { type SharedStore, sharePostgres } from "./shared-stores.ts";

const programs = postgresFolder();
const reason = programs === undefined ? " (skipped: no initdb and postgres on PATH or in /usr/lib/postgresql)" : "";

describe.skipIf(programs === undefined)(`real PostgreSQL${reason}`, () => {
  let server: PostgresServer;
  let shared: SharedStore;
  beforeAll(async () => {
    server = await startPostgres(programs ?? "");
    shared = await sharePostgres(server.backend.url);
  });
  afterAll(() => server?.dispose());
  describe("reached once", () => {
    afterAll(() => shared?.close());
    queueContract("PostgreSQL", () => shared.backend());
    recordsContract("PostgreSQL", (prefix, clock) => openQueue(shared.backend(), prefix, { clock }));
  });
  restartContract("PostgreSQL", () => server.backend);
  awayContract("PostgreSQL", () => server);
});
