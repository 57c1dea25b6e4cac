import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { queueContract } from "./queue-contract.ts";
import { openQueue } from "./queue-fixture.ts";
import { recordsContract } from "./records-contract.ts";
import { restartContract } from "./restart-contract.ts";
import { type SharedStore, shareEmbedded } from "./shared-stores.ts";

describe("embedded PGlite", () => {
  let dataDir = "";
  let shared: SharedStore;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "sluice-embedded-"));
    shared = await shareEmbedded();
  });
  afterAll(async () => {
    await shared?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  queueContract("PGlite", () => shared.backend());
  recordsContract("PGlite", (prefix, clock) => openQueue(shared.backend(), prefix, { clock }));
  restartContract("PGlite", () => ({ kind: "embedded", dataDir }));
});
