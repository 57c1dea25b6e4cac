import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/queue/folder-lock.ts";

describe("the lock of the data folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is held by one at a time, and free again once released", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining(`${process.pid}`),
    });
    await lock.release();
    const again = await lockFolder(folder);
    await again.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("goes to one alone of many who ask at once", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is refused while another process holds it, and taken over when that was killed", async () => {
    const module = new URL("../../src/queue/folder-lock.ts", import.meta.url).href;
    const program = `const { lockFolder } = await import(${JSON.stringify(module)});
      await lockFolder(${JSON.stringify(folder)}); process.stdout.write("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: "usage",
      fix: expect.stringContaining("REDIS_URL"),
    });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await (await lockFolder(folder)).release();
  });

  it("is taken over from a holder whose process id is another's now", async () => {
    await writeFile(join(folder, "lock"), `${process.pid} 1 an-earlier-life\n`);
    await (await lockFolder(folder)).release();
  });

  it("is taken over when the file says nothing of use", async () => {
    await writeFile(join(folder, "lock"), "");
    await (await lockFolder(folder)).release();
  });
});
