import { afterAll, beforeAll, describe } from "vitest";
import { awayContract } from "./queue-away.ts";
import { queueContract } from "./queue-contract.ts";
import { postgresFolder, type StoreServer, startPostgres } from "./queue-servers.ts";
import { recordsContract } from "./records-contract.ts";

const programs = postgresFolder();
const reason = programs === undefined ? " (skipped: no initdb and postgres on PATH or in /usr/lib/postgresql)" : "";

describe.skipIf(programs === undefined)(`real PostgreSQL${reason}`, () => {
  let server: StoreServer;
  beforeAll(async () => {
    server = await startPostgres(programs ?? "");
  });
  afterAll(() => server?.dispose());
  queueContract("PostgreSQL", () => server.backend);
  recordsContract("PostgreSQL", () => server.backend);
  awayContract("PostgreSQL", () => server);
});
