import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, whileRunning } from "../../sandbox/cluster/daemon.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-daemon-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a program of the control plane", () => {
  it("that ends by itself fails what waits for it, with the end of its log", async () => {
    const source = 'console.error("the port is taken"); process.exitCode = 3;';
    const program = startDaemon({ name: "crasher", binary: process.execPath, args: ["-e", source] }, folder);
    const waiting = whileRunning([program], "never", () => Promise.resolve(undefined));
    await expect(waiting).rejects.toThrow(/crasher ended with exit code 3; its log ends:\n.*the port is taken/s);
  });

  it("that cannot be started says so", async () => {
    const program = startDaemon({ name: "missing", binary: join(folder, "missing"), args: [] }, folder);
    const waiting = whileRunning([program], "never", () => Promise.resolve(undefined));
    await expect(waiting).rejects.toThrow("missing could not be started");
    await program.stop();
  });

  it("is no crash when it was stopped", async () => {
    const program = startDaemon(
      { name: "runner", binary: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"] },
      folder,
    );
    await program.stop();
    expect(program.crash()).toBeUndefined();
  });
});
