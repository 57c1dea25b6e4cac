import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { lockFolder } from "../../src/queue/folder-lock.ts";

/**
 * What starts a program in process ids of its own, as a container does; `undefined` where the system does not let us.
 */
const ownPids = [
  ["unshare", "--pid", "--fork", "--kill-child"],
  ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"],
].find(([program = "", ...args]) => spawnSync(program, [...args, "true"]).status === 0);

describe("the lock of the data folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Another process that takes the folder and keeps it. */
  async function holder(inFront: readonly string[] = []): Promise<ChildProcess> {
    const module = new URL("../../src/queue/folder-lock.ts", import.meta.url).href;
    const program = `const { lockFolder } = await import(${JSON.stringify(module)});
      await lockFolder(${JSON.stringify(folder)}); process.stdout.write("held"); setInterval(() => {}, 1000);`;
    const [first = process.execPath, ...args] = [...inFront, process.execPath, "--input-type=module", "-e", program];
    const child = spawn(first, args, { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => kill(child));
    await once(child.stdout, "data");
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  it("is held by one at a time, who is named, and free again once released", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: "in-use",
      message: expect.stringContaining(`process ${process.pid} on `),
    });
    await lock.release();
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it("goes to one alone of many who ask at once", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
    const won = asked.filter((one) => one.status === "fulfilled");
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
  });

  it("is refused while another process holds it, and free when that was killed", async () => {
    const child = await holder();
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: "in-use",
      fix: expect.stringContaining("REDIS_URL"),
    });
    await kill(child);
    await (await lockFolder(folder, { waitMs: 600_000 })).release();
  });

  it.skipIf(ownPids === undefined)("r1-two-servers-one-folder: holds between two containers' process ids", async () => {
    const child = await holder(ownPids);
    await expect(lockFolder(folder)).rejects.toMatchObject({ kind: "in-use" });
    await expect(holderEnds(ownPids)).resolves.toContain("in use by process");
    await kill(child);
    await (await lockFolder(folder, { waitMs: 600_000 })).release();
  });

  /** What a process that asks in vain says. */
  async function holderEnds(inFront: readonly string[] = []): Promise<string> {
    const module = new URL("../../src/queue/folder-lock.ts", import.meta.url).href;
    const program = `const { lockFolder } = await import(${JSON.stringify(module)});
      await lockFolder(${JSON.stringify(folder)}).then(() => console.log("taken"), (error) => console.log(error.message));`;
    const [first = process.execPath, ...args] = [...inFront, process.execPath, "--input-type=module", "-e", program];
    const child = spawn(first, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    await once(child, "close");
    return text;
  }

  it("is waited for as long as is said, and who has it is told once", async () => {
    const lock = await lockFolder(folder);
    const told: string[] = [];
    const next = lockFolder(folder, {
      waitMs: 600_000,
      onWait: (who) => {
        told.push(who);
        void lock.release();
      },
    });
    await (await next).release();
    expect(told).toEqual([expect.stringContaining(`process ${process.pid} on `)]);
  });

  it("is not held by what a dead holder left", async () => {
    await writeFile(join(folder, "holder"), "process 1 on another since 2026\n");
    await writeFile(join(folder, "lock"), `${process.pid} 1 of-an-earlier-version\n`);
    await (await lockFolder(folder)).release();
  });

  it("says so where a folder cannot be locked", async () => {
    await writeFile(join(folder, "lock.db"), "no database, and long enough to be looked at as one".repeat(100));
    await expect(lockFolder(folder)).rejects.toMatchObject({ kind: "usage", message: expect.stringContaining(folder) });
  });
});
