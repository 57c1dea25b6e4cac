import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { queueContract } from "./queue-contract.ts";

describe("embedded PGlite", () => {
  let dataDir = "";
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "sluice-embedded-"));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  queueContract("PGlite", () => ({ kind: "embedded", dataDir }));
});
