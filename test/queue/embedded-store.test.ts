import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Queue } from "../../src/model/queue.ts";
import { openDatabase } from "../../src/queue/embedded-database.ts";
import { lockFolder } from "../../src/queue/folder-lock.ts";
import { openQueue } from "../contract/queue-fixture.ts";
import { giveDatabase } from "../support/embedded-database.ts";

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "sluice-embedded-"));

describe("the embedded store", () => {
  let dataDir = "";
  beforeAll(async () => {
    dataDir = await newFolder();
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  describe("that is open", () => {
    let queue: Queue;
    beforeAll(async () => {
      queue = await openQueue({ kind: "embedded", dataDir }, "sole");
    });
    afterAll(() => queue?.close(0));

    it("belongs to one process: another gets an error that says so", async () => {
      await expect(openQueue({ kind: "embedded", dataDir }, "sole")).rejects.toMatchObject({ kind: "in-use" });
    });

    it.skipIf(!existsSync("/dev/full"))("l4-disk-full: is not healthy while nothing can be written", async () => {
      // Each write to this device fails with ENOSPC.
      await symlink("/dev/full", join(dataDir, "queue", "probe"));
      expect(await queue.healthy(600_000)).toBe(false);
      expect(await queue.healthy(600_000)).toBe(true);
    });
  });

  it.each([
    ["an empty control file", (pg: string) => truncate(join(pg, "global", "pg_control"), 0)],
    ["an empty log", emptyLog],
    ["no version", (pg: string) => rm(join(pg, "PG_VERSION"))],
    ["a version that is none", (pg: string) => writeFile(join(pg, "PG_VERSION"), "")],
  ])("l3-corrupt-store: with %s it stays down, and says where it lies and what to do", async (_, damage) => {
    const folder = await newFolder();
    await giveDatabase(folder);
    const pg = join(folder, "queue", "pg");
    await damage(pg);
    await expect(openQueue({ kind: "embedded", dataDir: folder }, "first")).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(pg),
      fix: expect.stringMatching(/mv .* is lost .* made again/),
    });
    await rm(folder, { recursive: true, force: true });
  });

  it("l4-disk-full: on a disk without room it says where, what is free and what is needed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-full-"));
    const full = {
      name: "UserError",
      message: expect.stringMatching(new RegExp(`^the disk of ${folder}\\S* is full: 3 MiB are free$`)),
      fix: expect.stringContaining("128 MiB"),
    };
    const free = () => 3 << 20;
    await mkdir(join(folder, "lock.db"));
    await expect(lockFolder(folder, { free })).rejects.toMatchObject(full);
    await expect(lockFolder(folder, { free: () => 1 << 30 })).rejects.toMatchObject({
      message: expect.stringContaining("cannot be locked"),
    });
    const pg = join(folder, "pg");
    await mkdir(pg);
    await writeFile(join(pg, "PG_VERSION"), "");
    await expect(openDatabase(pg, free)).rejects.toMatchObject(full);
    await rm(folder, { recursive: true, force: true });
  });

  it("has every job that it took when its process is killed in the middle of adding", async () => {
    const taken = await addUntilKilled(dataDir, "killed", 37);
    const queue = await openQueue({ kind: "embedded", dataDir }, "killed");
    const { waiting } = await queue.counts();
    await queue.close(0);
    expect(waiting).toBeGreaterThanOrEqual(taken);
    expect(waiting).toBeLessThanOrEqual(taken + 10);
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
