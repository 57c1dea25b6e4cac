import { afterAll, beforeAll, describe } from "vitest";
import { awayContract } from "./queue-away.ts";
import { queueContract } from "./queue-contract.ts";
import { openQueue } from "./queue-fixture.ts";
import { redisBinary, type StoreServer, startRedis } from "./queue-servers.ts";
import { wipedContract } from "./queue-wiped.ts";
import { recordsContract } from "./records-contract.ts";
import { restartContract } from "./restart-contract.ts";

const binary = redisBinary();

describe.skipIf(binary === undefined)(
  `real Redis${binary === undefined ? " (skipped: no redis-server on PATH)" : ""}`,
  () => {
    let server: StoreServer;
    beforeAll(async () => {
      server = await startRedis(binary ?? "");
    });
    afterAll(() => server?.dispose());
    queueContract("Redis", () => server.backend);
    recordsContract("Redis", (prefix, clock) => openQueue(server.backend, prefix, { clock }));
    restartContract("Redis", () => server.backend);
    awayContract("Redis", () => server);
    wipedContract(() => server);
  },
);
