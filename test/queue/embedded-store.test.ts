import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openQueue } from "../contract/queue-fixture.ts";

describe("the embedded store", () => {
  let dataDir = "";
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "sluice-embedded-"));
    // The first opening makes the database.
    await (await openQueue({ kind: "embedded", dataDir }, "first")).close(0);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it("belongs to one process: another gets an error that says so", async () => {
    const queue = await openQueue({ kind: "embedded", dataDir }, "sole");
    await expect(openQueue({ kind: "embedded", dataDir }, "sole")).rejects.toMatchObject({ kind: "usage" });
    await queue.close(0);
  });

  it("has every job that it took when its process is killed in the middle of adding", async () => {
    for (const enough of [20, 37]) {
      const prefix = `killed-${enough}`;
      const taken = await addUntilKilled(dataDir, prefix, enough);
      const queue = await openQueue({ kind: "embedded", dataDir }, prefix);
      const { waiting } = await queue.counts();
      await queue.close(0);
      expect(waiting).toBeGreaterThanOrEqual(taken);
      expect(waiting).toBeLessThanOrEqual(taken + 10);
    }
  });
});

/**
 * Adds jobs in another process, ten at a time, kills it once it has told of `enough`; resolves to how many it told of.
 */
async function addUntilKilled(dataDir: string, prefix: string, enough: number): Promise<number> {
  const fixture = new URL("../contract/queue-fixture.ts", import.meta.url).href;
  const program = `const { openQueue } = await import(${JSON.stringify(fixture)});
    const queue = await openQueue({ kind: "embedded", dataDir: ${JSON.stringify(dataDir)} }, ${JSON.stringify(prefix)});
    const add = async (lane) => {
      for (let i = 0; ; i++) {
        await queue.add({ type: "delivery", id: lane + "-" + i, event: "push", payload: "x".repeat(20000) });
        process.stdout.write("taken\\n");
      }
    };
    for (let lane = 0; lane < 10; lane++) void add(lane);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  let taken = 0;
  for await (const _line of createInterface(child.stdout)) {
    taken += 1;
    if (taken === enough) child.kill("SIGKILL");
  }
  await gone;
  return taken;
}
