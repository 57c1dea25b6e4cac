import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
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
    await expect(openQueue({ kind: "embedded", dataDir }, "sole")).rejects.toMatchObject({ kind: "in-use" });
    await queue.close(0);
  });

  it.each([
    ["an empty control file", (pg: string) => truncate(join(pg, "global", "pg_control"), 0)],
    ["an empty log", emptyLog],
    ["no version", (pg: string) => rm(join(pg, "PG_VERSION"))],
    ["a version that is none", (pg: string) => writeFile(join(pg, "PG_VERSION"), "")],
  ])("l3-corrupt-store: with %s it stays down, and says where it lies and what to do", async (_, damage) => {
    const copy = await mkdtemp(join(tmpdir(), "sluice-corrupt-"));
    await cp(dataDir, copy, { recursive: true });
    const pg = join(copy, "queue", "pg");
    await damage(pg);
    await expect(openQueue({ kind: "embedded", dataDir: copy }, "first")).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(pg),
      fix: expect.stringMatching(/mv .* is lost .* made again/),
    });
    await rm(copy, { recursive: true, force: true });
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

async function emptyLog(pg: string): Promise<void> {
  const folder = join(pg, "pg_wal");
  for (const name of await readdir(folder)) if (/^[0-9A-F]{24}$/.test(name)) await truncate(join(folder, name), 0);
}
