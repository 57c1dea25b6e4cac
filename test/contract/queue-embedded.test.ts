import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { queueContract } from "./queue-contract.ts";
import { openQueue } from "./queue-fixture.ts";
import { recordsContract } from "./records-contract.ts";

describe("embedded PGlite", () => {
  let dataDir = "";
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "sluice-embedded-"));
    // The first opening makes the database.
    await (await openQueue({ kind: "embedded", dataDir }, "first")).close(0);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  queueContract("PGlite", () => ({ kind: "embedded", dataDir }));
  recordsContract("PGlite", () => ({ kind: "embedded", dataDir }));
});
